import type { z } from 'zod'
import { ChangeContact, ContactCard, TagContacts } from '../../../protocol/contacts.ts'
import { Nothing } from '../../../protocol/conversations.ts'
import { limits } from '../../../protocol/limits.ts'
import { command, type Context } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import { addressesByPerson, giveAddress, replaceAddresses as replaceSignIn } from '../identity/index.ts'
import { knownElsewhere, lockOrganization, renameOutsider } from '../organization/index.ts'
import { allowChanging, allowMembers, findVisible, readerOf, toContact } from './access.ts'
import { putAddresses, positioned, requireFree, requireKeeper } from './put-contact.ts'
import * as store from './store.ts'

export const changeContact = command({
  name: 'contact.change',
  summary: 'Change what is known of somebody outside, or who looks after them.',
  input: ChangeContact,
  output: ContactCard,

  lock: ({ tx }, { organizationId }) => lockOrganization(tx, organizationId),
  allow: allowChanging,

  async run(ctx, { organizationId, personId, name, addresses, ...details }) {
    const { tx, now } = ctx
    const one = { organizationId, personId }
    const reader = await readerOf(ctx, organizationId)
    const before = reader && (await findVisible(ctx, one, reader))
    if (!before) throw new Refusal('contact.not-found', { path: 'personId' })
    if (details.keeperId && details.keeperId !== before.keeperId)
      await requireKeeper(ctx, organizationId, details.keeperId)
    if (name !== undefined && name !== before.name) await renameOutsider(tx, { ...one, name, now })
    const mayMoveSignIn = reader.isAdministrator || before.state === 'invited'
    if (addresses !== undefined)
      await moveAddresses(ctx, { ...one, addresses, before: before.addresses, mayMoveSignIn })
    const { locale = before.locale, tags = before.tags, notes = before.notes } = details
    const keeperId = details.keeperId === undefined ? before.keeperId : details.keeperId
    await store.updateContacts(tx, organizationId, [{ personId, locale, tags, notes, keeperId }])
    const after = await store.findContact(tx, one, reader.readerId)
    if (!after) throw new Refusal('contact.not-found', { path: 'personId' })
    return { ...toContact(after, reader), consents: await store.listConsents(tx, one) }
  },
})

type Moving = store.OneContact & {
  addresses: readonly string[]
  before: readonly string[]
  mayMoveSignIn: boolean
}

/**
 * The address they sign in with follows the first one, where the person is this organization's alone. That of somebody
 * who is known elsewhere stays, whatever stands here; nobody can see which it was. Once they have come in, it is moved
 * by administrators alone: whoever gets their codes is them.
 */
async function moveAddresses(
  ctx: Context,
  { organizationId, personId, addresses, before, mayMoveSignIn }: Moving,
): Promise<void> {
  const { tx, now } = ctx
  await requireFree(ctx, organizationId, { addresses, personId })
  await putAddresses(ctx, organizationId, positioned(personId, addresses))
  const [to = ''] = addresses
  if (!mayMoveSignIn || to === before[0] || (await knownElsewhere(tx, organizationId, [personId])).length > 0) return
  const own = (await addressesByPerson(tx, [personId])).get(personId) ?? []
  const from = own.find((address) => address === before[0]) ?? own[0]
  if (own.includes(to)) return
  if (from === undefined) await giveAddress(tx, personId, to, now)
  else await replaceSignIn(tx, [{ personId, from, to }], now)
}

export const tagContacts = command({
  name: 'contact.tag',
  summary: 'Give tags to people outside, or take them away. Of those one may change; all of them or none.',
  input: TagContacts,
  output: Nothing,

  lock: ({ tx }, { organizationId }) => lockOrganization(tx, organizationId),
  allow: allowMembers,

  async run(ctx, { organizationId, personIds, add, remove }) {
    await requireChangeable(ctx, { organizationId, personIds })
    const most = await store.tagContacts(ctx.tx, organizationId, { personIds, add, remove })
    if (most > limits.tagsPerContact)
      throw new Refusal('input.invalid', { path: 'add', message: `At most ${limits.tagsPerContact} tags each.` })
    return {}
  },
})

type Named = Pick<z.output<typeof TagContacts>, 'organizationId' | 'personIds'>
async function requireChangeable(ctx: Context, { organizationId, personIds }: Named) {
  const reader = await readerOf(ctx, organizationId)
  const changeable = new Set(reader ? await store.changeableAmong(ctx.tx, reader, personIds) : [])
  const index = personIds.findIndex((personId) => !changeable.has(personId))
  if (index >= 0) throw new Refusal('contact.not-found', { path: `personIds.${index}` })
}
