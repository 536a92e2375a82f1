import { RecordConsent } from '../../../protocol/contacts.ts'
import { Nothing } from '../../../protocol/conversations.ts'
import { command } from '../../platform/command.ts'
import { lockOrganization } from '../organization/index.ts'
import { allowChanging } from './access.ts'
import { Refusal } from '../../platform/refusal.ts'
import { actorOf } from './put-contact.ts'
import { insertConsent } from './store.ts'

export const recordConsent = command({
  name: 'consent.record',
  summary: 'Write down what somebody outside has agreed to, or does not agree to any more: when, how, in which words.',
  input: RecordConsent,
  output: Nothing,

  lock: ({ tx }, { organizationId }) => lockOrganization(tx, organizationId),
  allow: allowChanging,

  async run(ctx, { organizationId, personId, consentId: id, at = toInstant(ctx.now), ...said }) {
    // The latest word counts: one from the future would outlast every later one.
    if (Date.parse(at) > ctx.now.getTime() + CLOCKS_DIFFER_MS)
      throw new Refusal('input.invalid', { message: 'Must not lie in the future.', path: 'at' })
    await insertConsent(ctx.tx, { organizationId, personId }, { id, at, ...said, recordedBy: actorOf(ctx) })
    return {}
  },
})

const CLOCKS_DIFFER_MS = 300_000
const toInstant = (time: Date) => `${time.toISOString().slice(0, -1)}000Z`
