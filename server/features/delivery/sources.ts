import type { AudienceId, ConversationId, DeviceId, PersonId } from '../../../protocol/ids.ts'
import type { Subscription } from './hub.ts'

/** A narrowed audience of the conversation whose first audience is `firstId`. */
export type Branch = { audienceId: AudienceId; conversationId: ConversationId; firstId: AudienceId; version: number }
/** `isReplaced`: another device of its kind has taken its place. */
export type EndedDevice = { deviceId: DeviceId; isReplaced: boolean }

/** Announced in place of an event that says something else to everybody. `number` is its place in the log. */
export type PersonalEvent = {
  isPersonal: true
  name: string
  audienceId: AudienceId
  number: number
  id: string
  /** Of the message it is about. */
  messageNumber: number
}

/** What delivery asks of those who keep the truth. */
export type Sources = {
  /** What these people hear, all of it. */
  subscriptionsOf(personIds: readonly PersonId[]): Promise<Subscription[]>
  /** Those of these people who are in the audience today, with the version of its membership. */
  membersAmong(
    audienceId: AudienceId,
    personIds: readonly PersonId[],
  ): Promise<{ version: number; personIds: PersonId[] }>
  personEventsAfter(personId: PersonId, after: number): Promise<{ events: object[]; lastNumber: number }>
  /** An event of which everybody gets a version of their own: that of each of these people. */
  personalEventOf(event: PersonalEvent, personIds: readonly PersonId[]): Promise<ReadonlyMap<PersonId, object>>
  headsOf(audienceIds: readonly AudienceId[]): Promise<{ audienceId: AudienceId; number: number; version: number }[]>
  /** The narrowed audiences beside these. */
  branchesOf(firstIds: readonly AudienceId[]): Promise<Branch[]>
  personHeadsOf(personIds: readonly PersonId[]): Promise<{ personId: PersonId; number: number }[]>
  /** Devices that were revoked then or later. */
  revokedSince(since: Date): Promise<EndedDevice[]>
  /** Those of these devices that may not listen any more. */
  revokedAmong(deviceIds: readonly DeviceId[]): Promise<EndedDevice[]>
}
