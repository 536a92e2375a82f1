import { z } from 'zod'
import { Locale } from '../../../protocol/identity.ts'
import type { Job } from '../../platform/feature.ts'
import { queueDispatches } from '../dispatch/index.ts'
import { DAY_MS } from './rules.ts'
import { hashCode, makeCode } from './secrets.ts'
import { deleteOldCodes, findPersons, lockUnsent, setCode } from './store.ts'

const Payload = z.object({ requestId: z.uuid(), locale: Locale })
/** More than one run adds, so that what is old goes away faster than it comes. */
const OLD_PER_RUN = 100

/** Makes the code that was asked for and sends it, where the address is somebody's; clears away what is old. */
export const sendCode: Job = {
  name: 'identity.send-code',
  async run(payload, { database, clock, seal }) {
    const { requestId, locale } = Payload.parse(payload)
    const now = clock()
    await database.transaction(async (tx) => {
      await deleteOldCodes(tx, new Date(now.getTime() - DAY_MS), OLD_PER_RUN)
      const request = await lockUnsent(tx, requestId, now)
      if (!request) return
      const { address } = request
      const [person] = await findPersons(tx, [address])
      if (!person) return
      const code = makeCode()
      await setCode(tx, { requestId, personId: person.personId, codeHash: hashCode(seal, requestId, code) })
      const expiresAt = new Date(request.expiresAt)
      const content = { purpose: 'access-code' as const, locale, code }
      const mail = { id: requestId, organizationId: null, personId: person.personId, address, expiresAt, content }
      await queueDispatches(tx, [mail], { seal, now })
    })
  },
}
