import { isPhoneNumber } from '../../../protocol/identity.ts'
import { ExportedContacts, InContacts } from '../../../protocol/contacts.ts'
import { limits } from '../../../protocol/limits.ts'
import { command } from '../../platform/command.ts'
import { recordAct } from '../../platform/audit.ts'
import { writeList } from '../../platform/lists/write-list.ts'
import { Refusal } from '../../platform/refusal.ts'
import { findOrganization, isAdministratorAsking, listDirectory } from '../organization/index.ts'
import { readerOf } from './access.ts'
import { cellOf, nameOf } from './read-contacts.ts'
import { listContacts, type ContactRow } from './store.ts'
import { writeTags } from '../../../protocol/tag-list.ts'

const HEADINGS = [
  'Shoptalk id',
  'Name',
  'Email',
  'Phone',
  'Language',
  'Tags',
  'Keeper',
  'Notes',
  'Source',
  'Place',
  'Since',
]

/** A command, though it changes nothing: that somebody took the list along is worth keeping. */
export const exportContacts = command({
  name: 'contact.export',
  summary: 'All contacts as a CSV file, which `contact.import` reads again. For administrators.',
  input: InContacts,
  output: ExportedContacts,
  over: 'http',

  allow: isAdministratorAsking,

  async run(ctx, { organizationId }) {
    const reader = await readerOf(ctx, organizationId)
    if (!reader || !(await findOrganization(ctx.tx, organizationId))) throw new Refusal('access.refused')
    const filter = { ...reader, pattern: null, tag: null, keeperId: null, after: null, limit: limits.importRows }
    const rows = await listContacts(ctx.tx, filter)
    const members = await listDirectory(ctx.tx, organizationId)
    // Names may be shared; by its address the import finds the one that is meant.
    const addressOf = new Map(members.map(({ personId, address }) => [personId, address]))
    recordAct(ctx, { organizationId, act: 'data.exported', facts: { what: 'contacts', count: rows.length } })
    const records = rows.map((row) => toRecord(row, row.keeperId ? (addressOf.get(row.keeperId) ?? '') : ''))
    return { csv: writeList([HEADINGS, ...records]), count: rows.length }
  },
})

function toRecord(row: ContactRow, keeper: string): string[] {
  const { personId, name, addresses, locale, tags, notes, source, place, createdAt } = row
  const mails = addresses.filter((address) => !isPhoneNumber(address))
  const phones = addresses.filter(isPhoneNumber)
  const contact = [personId, nameOf(name), mails.join(' '), phones.join(' '), locale ?? '', writeTags(tags)]
  return [...contact, keeper, cellOf(notes), source, place, createdAt.slice(0, 10)]
}
