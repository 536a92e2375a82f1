import { isDeepStrictEqual } from 'node:util'
import type { Allowed } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import type { AskedPart, HoldingMessage, PartRule } from '../conversations/index.ts'
import { deleteUses, holdMedia, insertUses, type MediaRow } from './store.ts'
import { scheduleTidying } from './tidy-times.ts'
import { partOf } from './view.ts'

/** Everybody sends what they have uploaded themselves, as the server found it to be. */
export const mediaRule: PartRule = {
  type: 'media',

  async allow(tx, asked) {
    const ids = asked.flatMap(({ part }) => (part.type === 'media' ? [part.mediaId] : []))
    const rows = new Map((await holdMedia(tx, ids)).map((row) => [row.id, row]))
    return asked.map((one) => allowOne(one, one.part.type === 'media' ? rows.get(one.part.mediaId) : undefined))
  },

  keep: (tx, messages) => insertUses(tx, messages.flatMap(usesIn)),

  async drop(tx, place, now) {
    if (await deleteUses(tx, place, now)) await scheduleTidying(tx, now)
  },
}

function allowOne({ organizationId, actorId, part }: AskedPart, row: MediaRow | undefined): Allowed {
  if (part.type !== 'media' || row?.organizationId !== organizationId || row.ownerId !== actorId)
    return new Refusal('media.not-found', { path: 'parts' })
  const { description: _description, ...facts } = part
  const known = partOf(row)
  if (!known) return new Refusal(row.state === 'refused' ? 'media.not-found' : 'media.not-ready', { path: 'parts' })
  return isDeepStrictEqual(facts, known) || new Refusal('media.changed', { path: 'parts' })
}

const usesIn = ({ audienceId, number, parts }: HoldingMessage) =>
  parts.flatMap((part) => (part.type === 'media' ? [{ mediaId: part.mediaId, audienceId, number }] : []))
