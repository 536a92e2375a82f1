/** What kept PostgreSQL from running, for a program to decide on. */
export type PostgresProblemCode =
  | 'postgres.in_use'
  | 'postgres.disk_full'
  | 'postgres.not_writable'
  | 'postgres.other_version'
  | 'postgres.binaries_missing'
  | 'postgres.no_user'
  | 'postgres.data_missing'
  | 'postgres.unreachable'
  | 'postgres.failed'

/** PostgreSQL cannot run; the message says why and what to do, in words for the person who started the server. */
export class PostgresProblem extends Error {
  override name = 'PostgresProblem'
  readonly code: PostgresProblemCode

  constructor(code: PostgresProblemCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
