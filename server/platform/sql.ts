import { createHash } from 'node:crypto'
import { Pool, types, type ClientBase } from 'pg'
import type { Announcement } from './announcement.ts'

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
}

export type Database = {
  /** Runs in one transaction; after COMMIT hands what was announced to the listeners. Deadlocks are tried again. */
  transaction<T>(run: (tx: Tx) => Promise<T>): Promise<T>
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

export function openDatabase(options: DatabaseOptions): Database {
  const { connectionString, connectionsMax = 12, connectionWaitMs = 20_000, onError } = options
  const pool = new Pool({
    connectionString,
    max: connectionsMax,
    connectionTimeoutMillis: connectionWaitMs,
    types: { getTypeParser },
    options: '-c timezone=UTC -c plan_cache_mode=force_generic_plan -c jit=off -c lock_timeout=5s -c statement_timeout=60s -c idle_in_transaction_session_timeout=60s',
  })
  pool.on('error', (error) => onError?.(error))
  // A connection may break in the middle of a transaction: the statement that fails tells it, and nothing else needs
  // to.
  pool.on('connect', (client) => client.on('error', () => undefined))
  const listeners: ((announcements: readonly Announcement[]) => void)[] = []
  const run = async <T>(begin: string, work: (tx: Tx) => Promise<T>): Promise<T> => {
    const { result, announced } = await inTransaction(pool, begin, work)
    if (announced.length > 0) for (const listener of listeners) listener(announced)
    return result
  }
  return {
    pool,
    transaction: (work) => againOnDeadlock(() => run('begin', work)),
    snapshot: (work) => run('begin isolation level repeatable read read only', work),
    read: (work) => onConnection(pool, work),
    onCommitted: (listener) => void listeners.push(listener),
    end: () => pool.end(),
  }
}

async function inTransaction<T>(pool: Pool, begin: string, work: (tx: Tx) => Promise<T>) {
  const client = await pool.connect()
  let fault: unknown
  try {
    const tx = createTx(client)
    await client.query(begin)
    const result = await work(tx)
    for (const finish of tx.beforeCommit) await finish(tx)
    await client.query('commit')
    return { result, announced: tx.announced }
  } catch (error) {
    fault = error
    await client.query('rollback').then(
      () => (fault = undefined), // the connection is sound; only the work failed
      () => undefined,
    )
    throw error
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

/** A lock was not to be had in time. */
export const isLockTimeout = (error: unknown) => codeOf(error) === '55P03'

/** Somebody else has taken what must be unique. */
export const isTaken = (error: unknown) => codeOf(error) === '23505'

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

type Statement = { name: string; text: string }
const statements = new WeakMap<TemplateStringsArray, Statement>()

export function createTx(client: ClientBase): Tx {
  const tag = async <R extends Row>(strings: TemplateStringsArray, ...values: readonly unknown[]): Promise<R[]> => {
    const statement = statements.get(strings) ?? remember(strings)
    const { rows } = await client.query<R>({ ...statement, values: [...values] })
    return rows
  }
  return Object.assign(tag, { announced: [], beforeCommit: [] })
}

function remember(strings: TemplateStringsArray): Statement {
  const text = strings.reduce((before, after, index) => `${before}$${index}${after}`)
  const statement = { name: createHash('sha1').update(text).digest('base64url'), text }
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
