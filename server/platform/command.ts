import type { z } from 'zod'
import type { DeviceId, PersonId } from '../../protocol/ids.ts'
import { Refusal } from './refusal.ts'
import type { Seal } from './seal.ts'
import type { Settings } from './settings.ts'
import type { Tx } from './sql.ts'

/** Who is asking. The operator is whoever can read the server's data folder: the terminal on its machine. */
export type Actor =
  | { kind: 'person'; personId: PersonId; deviceId: DeviceId }
  | { kind: 'operator' }
  /** `wasReplaced`: whose session has ended because another device took its place. */
  | { kind: 'nobody'; wasReplaced?: boolean }

export type Context = {
  tx: Tx
  actor: Actor
  now: Date
  settings: Settings
  seal: Seal
  /** Where the request comes from, for limits: an IP address. */
  source: string
  /** Which command this is, and the id under which the request stands in the server's log. */
  request: { command: string; id: string }
  /** What the client calls itself; empty where it says nothing. */
  userAgent: string
  /** Which browser this is, where it has been told before: a token of 256 bits that it keeps in a cookie. */
  browser: string | undefined
  /** Gives the browser such a token. Does nothing where there are no cookies. */
  setBrowser(token: string): void
  /** Gives the browser its session in a cookie, or takes it away (null). Does nothing where there are no cookies. */
  setCookie(token: string | null): void
}

/** What `allow` answers: yes, no (the caller learns nothing), or a refusal that says more to those who may know. */
export type Allowed = boolean | Refusal

type Described<I extends z.ZodType, O extends z.ZodType> = {
  /** `noun.verb` */
  name: string
  summary: string
  input: I
  output: O
  /** Only over this way; both where absent. */
  over?: 'http' | 'websocket'
  /** Bytes of its largest body, where the usual limit is too small. */
  bodyBytes?: number
}

/** `lock` first, then `allow`: a membership can't be revoked between the decision and the deed. */
type One<I extends z.ZodType, O extends z.ZodType, L> = {
  lock?(ctx: Context, input: z.output<I>): Promise<L>
  allow(ctx: Context, input: z.output<I>, locked: L): Promise<Allowed> | Allowed
  /** A refusal that is thrown takes back what was written; one that is returned keeps it (a wrong guess is counted). */
  run(ctx: Context, input: z.output<I>, locked: L): Promise<z.output<O> | Refusal>
}

/**
 * For hot commands: the platform collects what arrives while the previous transaction commits, and runs all of it in
 * one. Answers stand in the order of the items; a refusal concerns its item alone. What the lock read, the rules may
 * rely on.
 */
type Batch<I extends z.ZodType, O extends z.ZodType, L extends Locked> = {
  /** What the item locks. Items of one key are carried out in the order of their arrival. */
  key(input: z.output<I>): string
  /** Whose share of a batch the item takes: the organization. */
  share(input: z.output<I>): string
  /**
   * With `skip`, what another transaction holds is named in `busy` and left for later; with `wait` there is nothing
   * busy.
   */
  lockBatch(tx: Tx, items: readonly Item<z.output<I>>[], whenHeld: 'skip' | 'wait'): Promise<L>
  allowBatch(tx: Tx, items: readonly Item<z.output<I>>[], locked: L): Promise<Allowed[]>
  runBatch(tx: Tx, items: readonly Item<z.output<I>>[], locked: L, now: Date): Promise<(z.output<O> | Refusal)[]>
}
export type Locked = { busy: ReadonlySet<string> }
export type Item<I> = { actorId: PersonId; input: I }

/** One thing a caller may ask for. HTTP, WebSocket, OpenAPI and the SDK are all derived from it. */
export type OneDefinition = Described<z.ZodType, z.ZodType> & { kind: 'command' | 'query' } & One<
    z.ZodType,
    z.ZodType,
    unknown
  >
export type BatchDefinition = Described<z.ZodType, z.ZodType> & { kind: 'batch' } & Batch<z.ZodType, z.ZodType, Locked>
export type Definition = OneDefinition | BatchDefinition

/** Changes something. Runs in one transaction. */
export function command<I extends z.ZodType, O extends z.ZodType, L = void>(
  definition: Described<I, O> & One<I, O, L>,
): OneDefinition {
  return erase<OneDefinition>({ ...definition, kind: 'command' })
}

/** Reads, in one snapshot. */
export function query<I extends z.ZodType, O extends z.ZodType>(
  definition: Described<I, O> & Omit<One<I, O, void>, 'lock'>,
): OneDefinition {
  return erase<OneDefinition>({ ...definition, kind: 'query' })
}

export function batchCommand<I extends z.ZodType, O extends z.ZodType, L extends Locked>(
  definition: Described<I, O> & Batch<I, O, L>,
): BatchDefinition {
  return erase<BatchDefinition>({ ...definition, kind: 'batch' })
}

/** Forgets the types of one command: the platform hands back to it just what its own schema and lock gave. */
const erase = <D extends Definition>(definition: object) => definition as D

/** The signed-in person who is asking. */
export function personOf(ctx: Pick<Context, 'actor'>): PersonId {
  const { actor } = ctx
  if (actor.kind === 'person') return actor.personId
  const wasReplaced = actor.kind === 'nobody' && actor.wasReplaced
  throw new Refusal(wasReplaced ? 'session.replaced' : 'session.required')
}
