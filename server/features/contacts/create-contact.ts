import { ContactCard, CreateContact } from '../../../protocol/contacts.ts'
import { command } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import { addOutsiders, lockOrganization } from '../organization/index.ts'
import { allowMembers, findVisible, readerOf, toContact } from './access.ts'
import { actorOf, putAddresses, personWith, positioned, requireFree, requireKeeper } from './put-contact.ts'
import { listConsents, putContacts } from './store.ts'

export const createContact = command({
  name: 'contact.create',
  summary:
    'Write down somebody outside the organization. They come in with their first address, and see only the ' +
    'conversations they are put into. The same again changes nothing.',
  input: CreateContact,
  output: ContactCard,

  lock: ({ tx }, { organizationId }) => lockOrganization(tx, organizationId),
  allow: allowMembers,

  async run(ctx, { organizationId, name, addresses, locale, tags, notes, keeperId = actorOf(ctx) }, organization) {
    if (!organization) throw new Refusal('access.refused')
    const { tx, now } = ctx
    const [first = ''] = addresses
    const personId = await personWith(ctx, first)
    await requireFree(ctx, organizationId, { addresses, personId })
    if (keeperId) await requireKeeper(ctx, organizationId, keeperId)
    const people = [{ personId, name, state: 'invited' as const }]
    const fresh = await addOutsiders(tx, { organizationId, people }, now)
    if (fresh.length > 0) {
      const details = { personId, locale, notes, tags, keeperId, source: 'made' as const, place: '' }
      await putContacts(tx, organizationId, [details], now)
      await putAddresses(ctx, organizationId, positioned(personId, addresses))
    }
    const reader = await readerOf(ctx, organizationId)
    const one = { organizationId, personId }
    const row = reader && (await findVisible(ctx, one, reader))
    // Somebody else's contact, whom the asking member may not see.
    if (!row) throw new Refusal('contact.address-taken', { path: 'addresses.0' })
    return { ...toContact(row, reader), consents: await listConsents(tx, one) }
  },
})
