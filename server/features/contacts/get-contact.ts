import { ContactCard, GetContact } from '../../../protocol/contacts.ts'
import { query } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import { allowMembers, findVisible, readerOf, toContact } from './access.ts'
import { listConsents } from './store.ts'

export const getContact = query({
  name: 'contact.get',
  summary: 'All that is known of somebody outside, with what they have agreed to.',
  input: GetContact,
  output: ContactCard,
  allow: allowMembers,

  async run(ctx, one) {
    const reader = await readerOf(ctx, one.organizationId)
    const row = reader && (await findVisible(ctx, one, reader))
    if (!row) throw new Refusal('contact.not-found', { path: 'personId' })
    return { ...toContact(row, reader), consents: await listConsents(ctx.tx, one) }
  },
})
