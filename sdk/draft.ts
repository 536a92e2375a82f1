import type { AudienceId, ConversationId, PersonId } from '../protocol/ids.ts'
import { ShardedMap, type MapChange } from './sharded-map.ts'
import type { Audience, Conversation, MessageLog, Need, State } from './state.ts'

type Maps = {
  conversations: MapChange<ConversationId, Conversation>
  audiences: MapChange<AudienceId, Audience>
  logs: MapChange<AudienceId, MessageLog>
  typing: MapChange<AudienceId, ReadonlyMap<PersonId, number>>
}
type Values = { -readonly [K in Exclude<keyof State, keyof Maps>]: State[K] }

/** A state while one input is applied to it. */
export type Draft = Values & Maps & { needs: Need[] }

export function draftOf(state: State): Draft {
  return {
    ...state,
    conversations: ShardedMap.from(state.conversations).change(),
    audiences: ShardedMap.from(state.audiences).change(),
    logs: ShardedMap.from(state.logs).change(),
    typing: ShardedMap.from(state.typing).change(),
    needs: [],
  }
}

/** The state that the draft has become: the same object, if nothing has changed. */
export function finish(draft: Draft, before: State): State {
  const {
    personId,
    epoch,
    personNumber,
    personLastId,
    memberships,
    pairings,
    coupons,
    pending,
    onlineIds,
    progress,
    campaignVersions,
  } = draft
  const after: State = {
    personId,
    epoch,
    personNumber,
    personLastId,
    memberships,
    pairings,
    coupons,
    campaignVersions,
    pending,
    onlineIds,
    progress,
    conversations: draft.conversations.result(),
    audiences: draft.audiences.result(),
    logs: draft.logs.result(),
    typing: draft.typing.result(),
  }
  return isSame(before, after) ? before : after
}

type Fields = Readonly<Record<string, unknown>>
function isSame(before: Fields, after: Fields): boolean {
  for (const name in after) if (before[name] !== after[name]) return false
  return true
}
