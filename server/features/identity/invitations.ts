import { v7 as uuidv7 } from 'uuid'
import type { OrganizationId, PersonId } from '../../../protocol/ids.ts'
import type { Seal } from '../../platform/seal.ts'
import type { Tx } from '../../platform/sql.ts'
import { wipeDispatches } from '../dispatch/index.ts'
import { DAY_MS, GUESSES_PER_CODE } from './rules.ts'
import { hashCode, hashToken, makeCode, makeToken } from './secrets.ts'
import * as store from './code-store.ts'

/**
 * Its code is bound to the token of its link (256 bits), not to a request that anybody can make: so it may live
 * longer.
 */
const INVITATION_LIFETIME_MS = 7 * DAY_MS

export type Invited = { personId: PersonId; address: string }
export type InvitationCode = Invited & { id: string; token: string; code: string; expiresAt: Date }

/**
 * Makes a link's token and a code for each, in the place of those they have got before. `since` names the occasion:
 * who has got an invitation at that time or later is left out, so that repeating it sends nothing twice.
 */
export async function makeInvitationCodes(
  tx: Tx,
  people: readonly Invited[],
  occasion: { organizationId: OrganizationId; since: string; seal: Seal },
): Promise<InvitationCode[]> {
  const { organizationId, since, seal } = occasion
  const expiresAt = new Date(Date.parse(since) + INVITATION_LIFETIME_MS)
  const all = people.map(({ personId }) => personId)
  const done = new Set(await store.invitedSince(tx, { organizationId, personIds: all, since }))
  const fresh = people
    .filter(({ personId }) => !done.has(personId))
    .map((person) => ({ ...person, id: uuidv7(), token: makeToken(), code: makeCode(), expiresAt }))
  if (fresh.length === 0) return []
  const personIds = fresh.map(({ personId }) => personId)
  await endInvitations(tx, { organizationId, personIds, now: new Date(since) })
  const codes = fresh.map(({ id, personId, address, token, code }) => ({
    requestId: id,
    organizationId,
    personId,
    address,
    tokenHash: hashToken(token),
    codeHash: hashCode(seal, id, code),
  }))
  await store.insertInvitationCodes(tx, codes, { createdAt: since, expiresAt })
  return fresh
}

/** The invitations of these people into the organization end, and what is still on its way is not sent. */
export async function endInvitations(
  tx: Tx,
  ending: { organizationId: OrganizationId; personIds: readonly PersonId[]; now: Date },
): Promise<void> {
  if (ending.personIds.length > 0) await wipeDispatches(tx, await store.endInvitationCodes(tx, ending))
}

/** Its code was right, but is not used up yet: whoever has typed it must still be let in. */
export async function reopenInvitation(tx: Tx, requestId: string): Promise<void> {
  await store.reopenCode(tx, requestId)
}

/** Uses it up; undefined where it has ended meanwhile. */
export async function takeInvitation(tx: Tx, requestId: string, now: Date): Promise<OrganizationId | undefined> {
  return store.takeInvitationCode(tx, requestId, now)
}

/** What an open invitation is about; undefined where it has ended. */
export async function findInvitation(tx: Tx, token: string, now: Date) {
  return store.findInvitationCode(tx, { tokenHash: hashToken(token), guessesMax: GUESSES_PER_CODE, now })
}
