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
  | 'postgres.unsuitable'
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

/** Words for what PostgreSQL or one of its programs wrote before it gave up. */
export function explainOutput(lines: readonly string[], clusterFolder: string): PostgresProblem {
  const output = lines.join('\n')
  if (tellsOfFullDisk(output)) return diskFull(clusterFolder)
  if (/Permission denied|Read-only file system/.test(output)) return notWritable(clusterFolder, lastLine(lines))
  if (/database files are incompatible/.test(output)) {
    return new PostgresProblem('postgres.other_version', `${clusterFolder} belongs to another version of PostgreSQL.`)
  }
  const library = /error while loading shared libraries: (.*)|Library not loaded: (.*)/.exec(output)
  if (library) return binariesMissing(`a library is missing: ${library[1] ?? library[2]}`)
  if (/could not look up effective user ID/.test(output)) {
    return new PostgresProblem(
      'postgres.no_user',
      'The user that runs the server has no name on this machine (no line in /etc/passwd), and PostgreSQL needs one. ' +
        'Run the server as a user that has one, or set DATABASE_URL to a PostgreSQL server.',
    )
  }
  return new PostgresProblem('postgres.failed', `PostgreSQL could not start: ${lastLine(lines)}`)
}

/** Words for a file operation of ours that failed in the data folder. */
export function explainError(error: unknown, folder: string): unknown {
  if (hasCode(error, 'ENOSPC', 'EDQUOT')) return diskFull(folder, error)
  if (hasCode(error, 'EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST')) {
    return notWritable(folder, error instanceof Error ? error.message : String(error), error)
  }
  return error
}

export function tellsOfFullDisk(output: string): boolean {
  return /No space left on device|Disk quota exceeded/.test(output)
}

export function hasCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code))
}

export function diskFull(folder: string, cause?: unknown): PostgresProblem {
  return new PostgresProblem(
    'postgres.disk_full',
    `The disk that holds ${folder} is full. Free some space (df -h ${folder} shows how much there is); ` +
      'nothing that was stored is lost.',
    { cause },
  )
}

export function binariesMissing(why: string, cause?: unknown): PostgresProblem {
  return new PostgresProblem(
    'postgres.binaries_missing',
    `The PostgreSQL that comes with Shoptalk does not run on this machine (${why}). ` +
      'Delete the folder node_modules and start again, or set DATABASE_URL to a PostgreSQL 15 or newer.',
    { cause },
  )
}

function notWritable(folder: string, why: string, cause?: unknown): PostgresProblem {
  return new PostgresProblem(
    'postgres.not_writable',
    `The database's folder ${folder} cannot be written (${why}). Give it to the user who runs the server ` +
      '(chown -R), or set SHOPTALK_DATA to another folder.',
    { cause },
  )
}

function lastLine(lines: readonly string[]): string {
  const telling = lines.findLast((line) => /FATAL|PANIC|error:/.test(line)) ?? lines.at(-1)
  return telling?.replace(/^.*?(FATAL|PANIC|error): +/, '') ?? 'it ended without a word'
}
