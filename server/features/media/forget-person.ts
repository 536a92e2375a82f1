import { z } from 'zod'
import { OrganizationId, PersonId } from '../../../protocol/ids.ts'
import type { Reaction } from '../../platform/feature.ts'
import { isPresent } from './access.ts'
import { filesIn } from './files.ts'
import { mediaFolderOf } from './settings.ts'
import { endAllOf } from './store.ts'
import { scheduleTidying } from './tidy-times.ts'

const Fact = z.object({ body: z.object({ organizationId: OrganizationId, personId: PersonId }) })

/** What those have uploaded who were erased is gone, also from the messages that hold it. */
export const forgetPerson: Reaction = {
  name: 'media.forget-person',
  to: ['contact.removed'],
  async run(facts, { database, clock, settings }) {
    const files = filesIn(mediaFolderOf(settings))
    for (const fact of facts) {
      const { organizationId, personId } = Fact.parse(fact).body
      const ids = await database.transaction(async (tx) => {
        if (await isPresent(tx, organizationId, personId)) return []
        await scheduleTidying(tx, clock())
        return endAllOf(tx, { organizationId, personId }, clock())
      })
      for (const id of ids) await files.remove(id)
    }
  },
}
