import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { describeApi } from '../../platform/openapi.ts'
import { feature as dispatch } from '../dispatch/index.ts'
import { feature as organization } from '../organization/index.ts'
import { feature as identity } from './index.ts'

const password = /pass ?-?_?(word|phrase|wd)|\bpwd\b|kennwort|密码/i

test('G12-06 there is no password anywhere: no table holds one, and no command takes one', () => {
  const migrations = join(import.meta.dirname, '../../migrations')
  const tables = globSync('*.sql', { cwd: migrations }).map((file) => readFileSync(join(migrations, file), 'utf8'))
  assert.ok(tables.some((text) => text.includes('create table person')))
  const definitions = [dispatch, identity, organization].flatMap((feature) => feature.definitions)
  const api = JSON.stringify(describeApi(definitions, '1').paths)
  assert.match(api, /session\.start/)
  for (const text of [...tables, api]) assert.doesNotMatch(text, password)
})
