import type { OrganizationId, PersonId } from '../../../protocol/ids.ts'
import { personOf, type Context } from '../../platform/command.ts'
import { record } from '../../platform/events.ts'
import { Refusal } from '../../platform/refusal.ts'
import { findOrCreatePersons, makeAnonymousPerson } from '../identity/index.ts'
import { addOutsiders, admitOutsider, findMembers, findParticipant } from '../organization/index.ts'
import * as store from './store.ts'

/** Refuses addresses of members, and of contacts other than this one. */
export async function requireFree(
  ctx: Context,
  organizationId: OrganizationId,
  { addresses, personId }: { addresses: readonly string[]; personId: PersonId | null },
): Promise<void> {
  const pathOf = (address: string) => `addresses.${addresses.indexOf(address)}`
  const [member] = await store.memberAddresses(ctx.tx, organizationId, addresses)
  if (member) throw new Refusal('contact.is-member', { path: pathOf(member.address) })
  const owners = await store.addressOwners(ctx.tx, organizationId, addresses)
  const other = owners.find((owner) => owner.personId !== personId)
  if (other) throw new Refusal('contact.address-taken', { path: pathOf(other.address) })
}

/** Refuses somebody who has no place inside; they need not have come in yet. */
export async function requireKeeper(ctx: Context, organizationId: OrganizationId, keeperId: PersonId): Promise<void> {
  const [keeper] = await findMembers(ctx.tx, organizationId, [keeperId])
  if (!keeper || keeper.state === 'deactivated') throw new Refusal('member.not-found', { path: 'keeperId' })
}

/** The person of a contact's first address. It is found by the address, or made. */
export async function personWith(ctx: Context, address: string): Promise<PersonId> {
  const personId = (await findOrCreatePersons(ctx.tx, [address], ctx.now)).get(address)
  if (!personId) throw new Error('A person was not stored.')
  return personId
}

export const positioned = (personId: PersonId, addresses: readonly string[]): store.OwnedAddress[] =>
  Array.from(new Set(addresses), (address, position) => ({ address, personId, position }))

export type Arriving = {
  organizationId: OrganizationId
  personId: PersonId
  /** Taken only where they are new here. */
  name: string
  locale: store.Details['locale']
  keeperId: PersonId | null
  place: string
  address: string | null
}

/**
 * Somebody has joined of their own accord: they are a contact from now on, and take part. Who is a member stays one.
 * The organization is locked.
 */
export async function welcomeOutsider(ctx: Context, arriving: Arriving): Promise<void> {
  const { tx, now } = ctx
  const { organizationId, personId, name, locale, keeperId, place, address } = arriving
  const standing = await findParticipant(tx, organizationId, personId)
  if (standing && !standing.isExternal && standing.state === 'active') return
  const details = { personId, locale, notes: '', tags: [], keeperId, source: 'code' as const, place }
  const isNew = (await addOutsiders(tx, { organizationId, people: [{ personId, name, state: 'active' }] }, now)).length
  if (isNew) await store.putContacts(tx, organizationId, [details], now)
  else {
    await admitOutsider(tx, { organizationId, personId, now })
    if (keeperId) await store.setKeeperIfNone(tx, { organizationId, personId }, keeperId)
  }
  if (address && isNew) await keepAddress(ctx, { organizationId, personId, address })
}

export type Known = { name: string; address: string | null }

/**
 * Makes contacts of people of whom an organization has heard by its orders. Answers in their order; who has the address
 * already is found by it. The organization is locked.
 */
export async function makeContacts(
  { tx, now }: Pick<Context, 'tx' | 'now'>,
  organizationId: OrganizationId,
  people: readonly Known[],
): Promise<PersonId[]> {
  const addresses = Array.from(new Set(people.flatMap(({ address }) => address ?? [])))
  const owners = await store.addressOwners(tx, organizationId, addresses)
  const known = new Map(owners.map(({ address, personId }) => [address, personId]))
  const fresh = addresses.filter((address) => !known.has(address))
  const persons = await findOrCreatePersons(tx, fresh, now)
  const made = await Promise.all(
    people.map(async ({ name, address }) => {
      const personId = address === null ? undefined : (known.get(address) ?? persons.get(address))
      return { name, address, personId: personId ?? (await makeAnonymousPerson(tx, now)) }
    }),
  )
  const named = new Map(made.filter(({ address }) => !known.has(address ?? '')).map((one) => [one.personId, one]))
  const unknown = Array.from(named.values())
  const outsiders = unknown.map(({ personId, name }) => ({ personId, name, state: 'invited' as const }))
  const ids = new Set(await addOutsiders(tx, { organizationId, people: outsiders }, now))
  const contacts = unknown.filter(({ personId }) => ids.has(personId))
  if (contacts.length > 0) {
    const details = { locale: null, notes: '', tags: [], keeperId: null, source: 'import' as const, place: '' }
    const rows = contacts.map(({ personId }) => ({ ...details, personId }))
    await store.putContacts(tx, organizationId, rows, now)
    const owned = contacts.flatMap(({ personId, address }) => (address ? positioned(personId, [address]) : []))
    if (owned.length > 0) await putAddresses({ tx, now }, organizationId, owned)
  }
  return made.map(({ personId }) => personId)
}

/** Where another contact has it, they keep it: an address stands once in an organization's list. */
async function keepAddress(
  ctx: Context,
  { organizationId, personId, address }: { organizationId: OrganizationId; personId: PersonId; address: string },
) {
  const owners = await store.addressOwners(ctx.tx, organizationId, [address])
  if (owners.length === 0) await putAddresses(ctx, organizationId, positioned(personId, [address]))
}

/** People whom one fact names. */
const PEOPLE_PER_FACT = 200

/** Gives people these addresses in the place of those they had; whoever waits for somebody with one hears of it. */
export async function putAddresses(
  { tx, now }: Pick<Context, 'tx' | 'now'>,
  organizationId: OrganizationId,
  addresses: readonly store.OwnedAddress[],
): Promise<void> {
  await store.replaceAddresses(tx, organizationId, addresses)
  const all = Array.from(new Set(addresses.map(({ personId }) => personId)))
  const facts = Array.from({ length: Math.ceil(all.length / PEOPLE_PER_FACT) }, (_, index) => {
    const personIds = all.slice(index * PEOPLE_PER_FACT, (index + 1) * PEOPLE_PER_FACT)
    return { name: 'contact.addressed', organizationId, body: { personIds } }
  })
  tx.withCommit(record(tx, facts, now))
}

export const actorOf = (ctx: Context): PersonId | null => (ctx.actor.kind === 'operator' ? null : personOf(ctx))
