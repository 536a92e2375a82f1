import { z } from 'zod'
import { ContactList, InContacts, KeeperList, ListContacts } from '../../../protocol/contacts.ts'
import { PersonId } from '../../../protocol/ids.ts'
import { limits } from '../../../protocol/limits.ts'
import { text } from '../../../protocol/text.ts'
import { query } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import { fromCursor, patternOf, toCursor } from '../organization/index.ts'
import { allowMembers, readerOf, toContact } from './access.ts'
import * as store from './store.ts'

const Place = z.tuple([text({ max: limits.personName }), PersonId])

export const listContacts = query({
  name: 'contact.list',
  summary:
    'People outside the organization, by name, a page at a time: administrators see all, others those they look ' +
    'after and those they share a conversation with.',
  input: ListContacts,
  output: ContactList,
  allow: allowMembers,

  async run(ctx, { organizationId, search, tag = null, keeperId = null, after, limit }) {
    const reader = await readerOf(ctx, organizationId)
    if (!reader) throw new Refusal('access.refused')
    const filter = { ...reader, pattern: patternOf(search), tag, keeperId }
    const place = after === undefined ? null : fromCursor(after, Place, 'after')
    const rows = await store.listContacts(ctx.tx, { ...filter, after: place, limit: limit + 1 })
    const last = rows.length > limit ? rows[limit - 1] : undefined
    return {
      contacts: rows.slice(0, limit).map((row) => toContact(row, reader)),
      total: await store.countContacts(ctx.tx, filter),
      next: last ? toCursor([last.name, last.personId]) : null,
    }
  },
})

export const listKeepers = query({
  name: 'contact.keepers',
  summary: 'How many customers each sales person looks after: administrators see all, others their own.',
  input: InContacts,
  output: KeeperList,
  allow: allowMembers,

  async run(ctx, { organizationId }) {
    const reader = await readerOf(ctx, organizationId)
    if (!reader) throw new Refusal('access.refused')
    return { keepers: await store.countByKeeper(ctx.tx, reader) }
  },
})
