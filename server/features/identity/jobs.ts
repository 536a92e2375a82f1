import { z } from 'zod'
import { Locale } from '../../../protocol/identity.ts'
import type { Job } from '../../platform/feature.ts'
import { queueDispatches } from '../dispatch/index.ts'
import { DAY_MS } from './rules.ts'
import { hashCode, makeCode } from './secrets.ts'
import { deleteOldCodes, findUnsent, setCode } from './code-store.ts'
import { findPersons } from './store.ts'

const Payload = z.object({
  requestId: z.uuid(),
  locale: Locale,
  /** Of somebody who joins: what, and the page that takes the code. */
  joining: z.object({ organizationName: z.string(), page: z.string() }).optional(),
})
/** More than one run adds, so that what is old goes away faster than it comes. */
const OLD_PER_RUN = 100

/**
 * Makes the code that was asked for and sends it, where the address is somebody's; clears away what is old. Whoever
 * guesses meanwhile must wait while the request's row is held: that is done last, and the same for every address, so
 * that the time it takes does not tell whose it is. A code that nobody gets opens nothing.
 */
export const sendCode: Job = {
  name: 'identity.send-code',
  async run(payload, { database, clock, seal }) {
    const { requestId, locale, joining } = Payload.parse(payload)
    const now = clock()
    await database.transaction(async (tx) => {
      await deleteOldCodes(tx, new Date(now.getTime() - DAY_MS), OLD_PER_RUN)
      const request = await findUnsent(tx, requestId, now)
      if (!request) return
      const { address } = request
      const [person] = await findPersons(tx, [address])
      const personId = person?.personId ?? null
      const code = makeCode()
      const expiresAt = new Date(request.expiresAt)
      const link = joining && `${joining.page}#request=${requestId}&code=${code}`
      const { organizationName } = joining ?? {}
      const content = { purpose: 'access-code' as const, locale, code, link, organizationName }
      const mail = { id: requestId, organizationId: null, personId, address, expiresAt, content }
      if (personId || request.isNewcomer) await queueDispatches(tx, [mail], { seal, now })
      const isSet = await setCode(tx, { requestId, personId, codeHash: hashCode(seal, requestId, code) })
      if (!isSet) throw new Error('The request has got another code meanwhile.')
    })
  },
}
