import { hash } from 'node:crypto'
import { Pool, types, type ClientBase } from 'pg'
import type { Announcement } from './announcement.ts'
import { encoderFor, type ArrayEncoder } from './array-parameters.ts'

export type Row = Record<string, unknown>
/**
 * One open transaction. A template tag: every `${}` becomes a bound parameter, and the statement is prepared once for
 * each connection. Times come back as RFC 3339 text with microseconds, bigint as number.
 */
export type Tx = (<R extends Row>(text: TemplateStringsArray, ...values: readonly unknown[]) => Promise<R[]>) & {
  /** Sent to delivery after the commit; forgotten on a rollback. */
  announced: Announcement[]
  /** Carried out last, in this order: for locks that many share, so that they are held for a moment only. */
  beforeCommit: ((tx: Tx) => Promise<void>)[]
  /** A statement whose answer nobody needs: it is not waited for, and where it fails the commit does. */
  withCommit(statement: Promise<unknown>): void
}

export type Database = {
  /** Runs in one transaction; after COMMIT hands what was announced to the listeners. Deadlocks are tried again. */
  transaction<T>(run: (tx: Tx) => Promise<T>): Promise<T>
  /** The same for work whose first statements only read: they travel together with the begin. */
  transactionAfterReading<T>(run: (tx: Tx) => Promise<T>): Promise<T>
  /** One snapshot for all statements, nothing can be written. What is announced is handed on as well. */
  snapshot<T>(run: (tx: Tx) => Promise<T>): Promise<T>
  /** Each statement for itself: for a single one that only reads, a transaction would be two more trips. */
  read<T>(run: (tx: Tx) => Promise<T>): Promise<T>
  onCommitted(listener: (announcements: readonly Announcement[]) => void): void
  readonly pool: Pool
  end(): Promise<void>
}

export type DatabaseOptions = {
  connectionString: string
  connectionsMax?: number
  /** So long a command waits for one of them, while all are taken or the database is away; then it is refused. */
  connectionWaitMs?: number
  onError?: (error: Error) => void
}

const SESSION = [
  'timezone=UTC',
  'plan_cache_mode=force_generic_plan',
  'jit=off',
  'lock_timeout=5s',
  'statement_timeout=60s',
  'idle_in_transaction_session_timeout=60s',
]

export function openDatabase(options: DatabaseOptions): Database {
  const { connectionString, connectionsMax = 12, connectionWaitMs = 20_000, onError } = options
  const pool = new Pool({
    connectionString,
    max: connectionsMax,
    connectionTimeoutMillis: connectionWaitMs,
    types: { getTypeParser },
    pipeline: true, // statements that do not wait for each other's answers go in one trip
    options: SESSION.map((setting) => `-c ${setting}`).join(' '),
  })
  pool.on('error', (error) => onError?.(error))
  // A connection may break in the middle of a transaction: the statement that fails tells it, and nothing else needs
  // to.
  pool.on('connect', (client) => client.on('error', () => undefined))
  const listeners: ((announcements: readonly Announcement[]) => void)[] = []
  const run = async <T>(begin: Begin, work: (tx: Tx) => Promise<T>): Promise<T> => {
    const { result, announced } = await inTransaction(pool, begin, work)
    if (announced.length > 0) for (const listener of listeners) listener(announced)
    return result
  }
  return {
    pool,
    transaction: (work) => againOnDeadlock(() => run({ text: 'begin', isAwaited: true }, work)),
    transactionAfterReading: (work) => againOnDeadlock(() => run({ text: 'begin', isAwaited: false }, work)),
    snapshot: (work) => run({ text: 'begin isolation level repeatable read read only', isAwaited: false }, work),
    read: (work) => onConnection(pool, work),
    onCommitted: (listener) => void listeners.push(listener),
    end: () => pool.end(),
  }
}

/** Not awaited where nothing is written before it was answered. */
type Begin = { text: string; isAwaited: boolean }

async function inTransaction<T>(pool: Pool, begin: Begin, work: (tx: Tx) => Promise<T>) {
  const client = await pool.connect()
  const last: Promise<unknown>[] = []
  let fault: unknown
  try {
    const tx = createTx(client, last)
    const begun = client.query(begin.text)
    if (begin.isAwaited) await begun
    const [result] = await Promise.all([work(tx), begun])
    for (const finish of tx.beforeCommit) await finish(tx)
    const [{ command }] = await Promise.all([client.query('commit'), ...last])
    if (command !== 'COMMIT') throw new Error('A statement failed, and nobody has heard of it.')
    return { result, announced: tx.announced }
  } catch (error) {
    // After a statement that nobody waits for, the next one fails as well, and says less.
    const failed = (await Promise.allSettled(last)).find(({ status }) => status === 'rejected')
    const cause: unknown = failed?.status === 'rejected' ? failed.reason : error
    fault = cause
    await client.query('rollback').then(
      () => (fault = undefined), // the connection is sound; only the work failed
      () => undefined,
    )
    throw cause
  } finally {
    client.release(fault instanceof Error ? fault : undefined)
  }
}

async function onConnection<T>(pool: Pool, work: (tx: Tx) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  let fault: unknown
  try {
    return await work(createTx(client))
  } catch (error) {
    fault = isUnavailable(error) ? error : undefined
    throw error
  } finally {
    client.release(fault instanceof Error ? fault : undefined)
  }
}

const TRIES_MAX = 4
async function againOnDeadlock<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await work()
    } catch (error) {
      if (tries >= TRIES_MAX || !isDeadlock(error)) throw error
    }
  }
}

const isDeadlock = (error: unknown) => codeOf(error) === '40P01' || codeOf(error) === '40001'

/** The database is away or is going away: nothing is known of the transaction, the caller may try again. */
export function isUnavailable(error: unknown): boolean {
  const code = codeOf(error)
  if (code === undefined)
    return error instanceof Error && /Connection terminated|timeout exceeded|Client has/.test(error.message)
  return /^(08|57P|53[13]|ECONN|ENOENT|EPIPE|ETIMEDOUT)/.test(code)
}

/**
 * Before very many rows are written. A foreign key looks each of them up by a plan that this connection has kept, which
 * may be that of an empty table: reading all of it, for every row.
 */
export async function forgetPlans(tx: Tx): Promise<void> {
  await tx`discard plans`
}

/** A lock was not to be had in time. */
export const isLockTimeout = (error: unknown) => codeOf(error) === '55P03'

/** Somebody else has taken what must be unique. */
export const isTaken = (error: unknown) => codeOf(error) === '23505'

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

type Statement = { name: string; text: string; encoders: readonly (ArrayEncoder | undefined)[] }
const statements = new WeakMap<TemplateStringsArray, Statement>()

export function createTx(client: ClientBase, last: Promise<unknown>[] = []): Tx {
  const tag = async <R extends Row>(strings: TemplateStringsArray, ...values: readonly unknown[]): Promise<R[]> => {
    const { name, text, encoders } = statements.get(strings) ?? remember(strings)
    const { rows } = await client.query<R>({
      name,
      text,
      values: values.map((value, index) => encoders[index]?.(value) ?? value),
    })
    return rows
  }
  const withCommit = (statement: Promise<unknown>) => {
    statement.catch(() => undefined) // the commit tells
    last.push(statement)
  }
  return Object.assign(tag, { announced: [], beforeCommit: [], withCommit })
}

function remember(strings: TemplateStringsArray): Statement {
  const text = strings.reduce((before, after, index) => `${before}$${index}${after}`)
  const encoders = strings.slice(1).map(encoderFor)
  const statement = { name: hash('sha1', text, 'base64url'), text, encoders }
  statements.set(strings, statement)
  return statement
}

const INT8 = 20
const INT8_ARRAY = 1016
const TIMESTAMPTZ = 1184
const parsers = new Map<number, (value: string) => unknown>([
  [INT8, Number],
  [INT8_ARRAY, (value) => value.slice(1, -1).split(',').filter(Boolean).map(Number)],
  [TIMESTAMPTZ, toInstant],
])

function getTypeParser(oid: number, format?: 'text' | 'binary') {
  const parse = parsers.get(oid)
  if (parse && format !== 'binary') return parse
  return format === 'binary' ? types.getTypeParser(oid, 'binary') : types.getTypeParser(oid, 'text')
}

/** `2026-05-14 09:02:11.5+00` becomes `2026-05-14T09:02:11.500000Z`; the session's time zone is UTC. */
function toInstant(value: string): string {
  const [, date, time, fraction = ''] = /^(\S+) ([\d:]+)(?:\.(\d+))?\+00$/.exec(value) ?? []
  return date ? `${date}T${time}.${fraction.padEnd(6, '0')}Z` : value
}
