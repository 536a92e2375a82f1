import type { ConversationId, OrganizationId, PersonId } from '../../../protocol/ids.ts'
import type { Allowed, Context } from '../../platform/command.ts'
import type { Tx } from '../../platform/sql.ts'

/** What a code leads to. */
export type Subject = { organizationId: OrganizationId; subjectId: string; createdBy: PersonId }
export type Described = { title: string; isOneWay: boolean | null; ownerNames: string[] }
/** Where somebody is by it. */
export type Arrived = { conversationId: ConversationId | null }

/** A kind of machine-readable code. Later features bring their own by `registerCodeKind`. */
export type CodeKind = {
  name: string
  /** Locks what `mayKeep` decides by, before a change. */
  lock?(ctx: Context, subject: Omit<Subject, 'createdBy'>): Promise<unknown>
  /** Whether the asking person makes, sees, exchanges and revokes codes of this subject. */
  mayKeep(ctx: Context, subject: Omit<Subject, 'createdBy'>): Promise<Allowed>
  /** For the page that a scan leads to; undefined where there is nothing behind it any more. */
  describe(tx: Tx, subject: Subject): Promise<Described | undefined>
  /** Where this person is by it already; undefined where they are not. */
  find(tx: Tx, subject: Subject, personId: PersonId): Promise<Arrived | undefined>
  /** The member who looks after those who come by it; null: nobody in particular. */
  keeperOf(tx: Tx, subject: Subject): Promise<PersonId | null>
  /** Somebody takes part in the organization, and comes in. Doing it twice is the same as once. */
  use(ctx: Context, subject: Subject, arriving: { personId: PersonId; isExternal: boolean }): Promise<Arrived>
}
