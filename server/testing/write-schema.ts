import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { migrationsFolder } from '../platform/migrate.ts'
import { describeCatalog } from './catalog.ts'
import { openTestDatabase } from './database.ts'

/** Writes server/migrations/schema.sql anew: `node server/testing/write-schema.ts` after a migration was changed. */
await using opened = await openTestDatabase()
const heading =
  '-- Generated from the migrations by `node server/testing/write-schema.ts`. Shows what they come to; is never run.\n\n'
writeFileSync(join(migrationsFolder, 'schema.sql'), heading + (await describeCatalog(opened.url)))
