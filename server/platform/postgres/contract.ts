import type { Logger } from 'pino'

/** What the supervisor needs of a logger; a pino logger is one. */
export type PostgresLog = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>

export type StartPostgresOptions = {
  /** The server's data folder. The database lives in `postgres/` below it; one server at a time. Made when missing. */
  dataFolder: string
  log: PostgresLog
  /** PostgreSQL died; queries fail until `onUp` is called. The supervisor is already restarting it. */
  onDown?: (reason: string) => void
  /** PostgreSQL answers again after it had died. Connections made before are gone. */
  onUp?: () => void
}

export type RunningPostgres = {
  /** For `pg`, graphile-worker and node-pg-migrate: `postgres:///shoptalk?host=…&port=5432&user=shoptalk&…` */
  url: string
  /** The folder of the unix socket `.s.PGSQL.5432`. */
  socketFolder: string
  /** The folder PostgreSQL keeps its files in (PGDATA). */
  clusterFolder: string
  /** The process id of the database server; undefined while it is down. */
  pid: () => number | undefined
  /** Stops PostgreSQL: a fast shutdown first, an immediate one when that takes too long. Safe to call twice. */
  stop: () => Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}
