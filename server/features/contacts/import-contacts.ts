import { createHash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type { z } from 'zod'
import {
  ContactPreview,
  ImportContacts,
  ImportedContacts,
  PreviewContacts,
  type ContactFault,
} from '../../../protocol/contacts.ts'
import type { PersonId } from '../../../protocol/ids.ts'
import { limits } from '../../../protocol/limits.ts'
import { recordAct } from '../../platform/audit.ts'
import { command, type Context } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import { forgetPlans } from '../../platform/sql.ts'
import { findOrCreatePersons } from '../identity/index.ts'
import {
  addOutsiders,
  isAdministratorAsking,
  listDirectory,
  lockOrganization,
  renameOutsider,
} from '../organization/index.ts'
import { positioned, putAddresses } from './put-contact.ts'
import { cellOf, nameOf, readContacts, type ContactFile, type ContactRowRead } from './read-contacts.ts'
import * as store from './store.ts'

type File = z.output<typeof PreviewContacts>
type Known = Awaited<ReturnType<typeof store.knownContacts>>[number]
type Planned = { row: ContactRowRead; keeperId: PersonId | null | undefined; before: Known | undefined }
type Plan = {
  file: ContactFile
  created: Planned[]
  changed: Planned[]
  unchanged: number
  faults: ContactFault[]
  /** What is left open in rows that are taken. */
  remarks: ContactFault[]
  digest: string
}

const SHOWN_MAX = 50
/** Rows from which on it counts how the database looks each of them up. */
const MANY = 1_000
/** Base64 makes four bytes of three. */
const bodyBytes = Math.ceil((limits.importBytes * 4) / 3) + 10_000

/** A command, though it changes nothing: the file is too large for the address of a query. */
export const previewContacts = command({
  name: 'contact.preview-import',
  summary: 'What importing a list of contacts would do. For administrators.',
  input: PreviewContacts,
  output: ContactPreview,
  over: 'http',
  bodyBytes,

  allow: isAdministratorAsking,

  async run(ctx, input) {
    const { file, created, changed, unchanged, faults, remarks, digest } = await plan(ctx, input)
    const { encoding, delimiter, columns, rowCount } = file
    const shown = (all: readonly Planned[]) =>
      all.slice(0, SHOWN_MAX).map(({ row: { line, name, addresses } }) => ({ line, name, address: addresses[0] ?? '' }))
    const left = { faulty: faults.length, remarks: remarks.length }
    const counts = { created: created.length, changed: changed.length, unchanged, ...left }
    const lists = {
      created: shown(created),
      changed: shown(changed),
      faults: faults.slice(0, limits.importFaultsShown),
      remarks: remarks.slice(0, limits.importFaultsShown),
    }
    return { digest, encoding, delimiter, columns, rowCount, counts, ...lists }
  },
})

export const importContacts = command({
  name: 'contact.import',
  summary: 'Import a list of contacts as it was previewed; faulty rows are left out. For administrators.',
  input: ImportContacts,
  output: ImportedContacts,
  over: 'http',
  bodyBytes,

  lock: ({ tx }, { organizationId }) => lockOrganization(tx, organizationId),
  allow: isAdministratorAsking,

  async run(ctx, { digest, ...input }, organization) {
    if (!organization) throw new Refusal('access.refused')
    const planned = await plan(ctx, input)
    if (planned.digest !== digest) throw new Refusal('import.changed')
    if (planned.created.length + planned.changed.length > MANY) await forgetPlans(ctx.tx)
    await create(ctx, input, planned.created)
    await change(ctx, input, planned.changed)
    const { created, changed, faults } = planned
    const counts = { created: created.length, changed: changed.length, skipped: faults.length }
    recordAct(ctx, { organizationId: input.organizationId, act: 'contact.imported', facts: counts })
    return counts
  },
})

/** Compares the list with what is known. The digest names both. */
async function plan({ tx }: Context, { organizationId, content, columns }: File): Promise<Plan> {
  const file = readContacts(Buffer.from(content, 'base64'), columns)
  const addresses = file.rows.flatMap((row) => row.addresses)
  const personIds = file.rows.flatMap(({ id }) => id ?? [])
  const known = await store.knownContacts(tx, organizationId, { addresses, personIds })
  const contacts = new Map(
    known.flatMap((contact) => [contact.personId, ...contact.addresses].map((key) => [key, contact] as const)),
  )
  const members = new Set((await store.memberAddresses(tx, organizationId, addresses)).map(({ address }) => address))
  const keeperOf = await keepersIn(tx, file, organizationId)
  const faults = [...file.faults]
  const good = file.rows.flatMap((row): Planned[] => {
    const { line, keeper = '' } = row
    const owners = new Set([row.id ?? '', ...row.addresses].flatMap((key) => contacts.get(key) ?? []))
    const [before] = owners
    const taken = row.addresses.find((address) => members.has(address) && !before?.addresses.includes(address))
    const keeperId = keeper === '' ? undefined : keeperOf(keeper, before)
    const planned = { row, keeperId: keeperId ?? undefined, before }
    const fault = (code: ContactFault['code'], value: string) => void faults.push({ line, code, value })
    if (taken) fault('address.of-member', taken)
    else if (owners.size > 1) fault('address.twice', row.addresses.join(' '))
    else if (keeperId === null) fault('keeper.unknown', keeper)
    else if (row.name === '' && !before) fault('name.missing', row.addresses.join(' '))
    else if (row.addresses.length === 0 && !before) fault('address.missing', row.name)
    else if (merged(planned).addresses.length > limits.addressesPerContact) fault('text.too-long', row.name)
    else return [planned]
    return []
  })
  const created = good.filter(({ before }) => !before)
  const changed = good.filter((planned) => planned.before && differs(planned))
  const state = JSON.stringify([content, file.columns, created, changed, faults])
  const digest = createHash('sha256').update(state).digest('base64url')
  const unchanged = good.length - created.length - changed.length
  const remarks = good.flatMap(({ row: { line, unknownLocale: value } }) =>
    value === undefined ? [] : [{ line, code: 'locale.unknown' as const, value }],
  )
  return { file, created, changed, unchanged, faults: faults.toSorted((a, b) => a.line - b.line), remarks, digest }
}

/**
 * Members by address, or by name where one alone has it; they need not have come in yet. Whoever looks after somebody
 * already does, also when gone.
 */
async function keepersIn(tx: Context['tx'], { rows }: ContactFile, organizationId: File['organizationId']) {
  const isNamed = rows.some(({ keeper }) => keeper)
  const all = isNamed ? await listDirectory(tx, organizationId) : []
  const present = all.filter(({ state }) => state !== 'deactivated')
  const today = new Map(all.map((entry) => [entry.personId, entry]))
  const byAddress = new Map(present.map(({ address, personId }) => [address, personId]))
  const byName = Map.groupBy(present, ({ name }) => name.toLowerCase())
  return (text: string, before: Known | undefined): PersonId | null => {
    const keeper = before?.keeperId ? today.get(before.keeperId) : undefined
    if (keeper && [keeper.address, keeper.name.toLowerCase()].includes(text.toLowerCase())) return keeper.personId
    const named = byName.get(text.toLowerCase()) ?? []
    return byAddress.get(text.toLowerCase()) ?? (named.length === 1 ? (named[0]?.personId ?? null) : null)
  }
}

/** What the list says, and where it says nothing what is known; what a list cannot say of it is no difference. */
function merged({ row, keeperId, before }: Planned) {
  const isSame = (known: string, said: string | undefined) => said === undefined || said === known
  return {
    name: before && (row.name === '' || isSame(nameOf(before.name), row.name)) ? before.name : row.name,
    locale: row.locale ?? before?.locale ?? null,
    notes: before && isSame(cellOf(before.notes), row.notes) ? before.notes : (row.notes ?? ''),
    tags: row.tags ?? before?.tags ?? [],
    keeperId: keeperId ?? before?.keeperId ?? null,
    addresses: Array.from(new Set([...(before?.addresses ?? []), ...row.addresses])),
  }
}

function differs(planned: Planned): boolean {
  const { before } = planned
  if (!before) return true
  const { personId: _id, ...known } = before
  return !isDeepStrictEqual(merged(planned), known)
}

async function create(ctx: Context, { organizationId }: File, planned: readonly Planned[]): Promise<void> {
  if (planned.length === 0) return
  const { tx, now } = ctx
  const persons = await findOrCreatePersons(
    tx,
    planned.map(({ row }) => row.addresses[0] ?? ''),
    now,
  )
  const people = planned.map((one) => {
    const personId = persons.get(one.row.addresses[0] ?? '')
    if (!personId) throw new Error('A person was not stored.')
    return { personId, ...merged(one) }
  })
  const outsiders = people.map(({ personId, name }) => ({ personId, name, state: 'invited' as const }))
  await addOutsiders(tx, { organizationId, people: outsiders }, now)
  const details = people.map((person) => ({ ...person, source: 'import' as const, place: '' }))
  await store.putContacts(tx, organizationId, details, now)
  const all = people.flatMap(({ personId, addresses }) => positioned(personId, addresses))
  await putAddresses(ctx, organizationId, all)
}

async function change(ctx: Context, { organizationId }: File, planned: readonly Planned[]): Promise<void> {
  const people = planned.flatMap((one) => {
    const [{ before }, after] = [one, merged(one)]
    return before ? [{ ...after, personId: before.personId, isRenamed: after.name !== before.name }] : []
  })
  if (people.length === 0) return
  const { tx, now } = ctx
  for (const { personId, name, isRenamed } of people)
    if (isRenamed) await renameOutsider(tx, { organizationId, personId, name, now })
  await store.updateContacts(tx, organizationId, people)
  const all = people.flatMap(({ personId, addresses }) => positioned(personId, addresses))
  await putAddresses(ctx, organizationId, all)
}
