import { RecordConsent } from '../../../protocol/contacts.ts'
import { Nothing } from '../../../protocol/conversations.ts'
import { command } from '../../platform/command.ts'
import { lockOrganization } from '../organization/index.ts'
import { allowChanging } from './access.ts'
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
    await insertConsent(ctx.tx, { organizationId, personId }, { id, at, ...said, recordedBy: actorOf(ctx) })
    return {}
  },
})

const toInstant = (time: Date) => `${time.toISOString().slice(0, -1)}000Z`
