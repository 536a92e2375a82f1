import { RemoveContact } from '../../../protocol/contacts.ts'
import { Nothing } from '../../../protocol/conversations.ts'
import { recordAct } from '../../platform/audit.ts'
import { command } from '../../platform/command.ts'
import { record } from '../../platform/events.ts'
import { eraseOutsider, lockOrganization } from '../organization/index.ts'
import { allowChanging } from './access.ts'
import { eraseDetails } from './store.ts'

export const removeContact = command({
  name: 'contact.remove',
  summary:
    'Erase somebody outside: name, addresses, notes and consents are gone, and they are out of all conversations. ' +
    'What they wrote stays, without a name.',
  input: RemoveContact,
  output: Nothing,

  lock: ({ tx }, { organizationId }) => lockOrganization(tx, organizationId),
  allow: allowChanging,

  async run(ctx, one) {
    const { tx, now } = ctx
    await eraseOutsider(tx, { ...one, now })
    await eraseDetails(tx, one)
    await record(tx, [{ name: 'contact.removed', organizationId: one.organizationId, body: one }], now)
    const { organizationId, personId } = one
    recordAct(ctx, { organizationId, act: 'contact.removed', personIds: [personId] })
    return {}
  },
})
