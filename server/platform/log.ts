import { Writable } from 'node:stream'
import { DatabaseError } from 'pg'
import { pino, stdSerializers, type DestinationStream, type Logger } from 'pino'

/**
 * What stands under these names is never written to the log, wherever it turns up: secrets, and what people write to
 * each other. Requests are logged without headers, query strings and bodies in the first place.
 */
const secretNames = [
  'authorization',
  'cookie',
  'token',
  'code',
  'password',
  'secret',
  'text',
  'parts',
  'body',
  'content',
  'parameters',
  'values',
]

/**
 * The log goes to stderr: one JSON object a line, or readable lines on a terminal. stdout is for what the operator is
 * told, links and codes among it, so a log file never holds one.
 */
export function createLog(level: string, destination: DestinationStream = usualDestination()): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: secretNames.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), remove: true },
      serializers: { err: describeError, error: describeError },
    },
    destination,
  )
}

/** PostgreSQL quotes what people wrote in its messages and details; names of tables and constraints say enough. */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return String(error)
  const cause = error.cause === undefined ? {} : { cause: describeError(error.cause) }
  const state = 'code' in error && typeof error.code === 'string' ? { state: error.code } : {}
  if (!(error instanceof DatabaseError)) return { ...plain(error), ...state, ...cause }
  const { type, message, stack } = plain(error)
  const place = { table: error.table, constraint: error.constraint, routine: error.routine }
  const frames = stack.split('\n').filter((line) => line.startsWith('    at '))
  return {
    type,
    message: message.replaceAll(/"[^"]*"/g, '"…"'),
    stack: frames.join('\n'),
    ...place,
    ...state,
    ...cause,
  }
}

function plain(error: Error) {
  const { type, message, stack } = stdSerializers.err(error)
  return { type, message, stack }
}

const usualDestination = (): DestinationStream =>
  process.stderr.isTTY ? readable() : pino.destination({ fd: 2, sync: true })

/** `09:02:11 WARN  the text {"its":"fields"}` */
function readable(): DestinationStream {
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      for (const line of chunk.toString('utf8').split('\n').filter(Boolean))
        process.stderr.write(`${readableLine(line)}\n`)
      done()
    },
  })
}

const levelNames = new Map([
  [10, 'TRACE'],
  [20, 'DEBUG'],
  [30, 'INFO '],
  [40, 'WARN '],
  [50, 'ERROR'],
  [60, 'FATAL'],
])

export function readableLine(line: string): string {
  const { level, time, msg = '', error, err = error, ...fields }: Line = JSON.parse(line)
  const rest = Object.keys(fields).length > 0 ? ` ${JSON.stringify(fields)}` : ''
  const fault = err === undefined ? '' : `\n${describedFault(err)}`
  return `${time.slice(11, 19)} ${levelNames.get(level) ?? '     '} ${msg}${rest}${fault}`
}

/** What pino writes, with the serializers above. */
type Line = { level: number; time: string; msg?: string; err?: Fault | string; error?: Fault | string }
type Fault = { type?: string; message?: string; stack?: string }

function describedFault(fault: Fault | string): string {
  if (typeof fault === 'string') return fault
  const { type = 'Error', message = '', stack = '' } = fault
  return stack.includes(message) ? stack : `${type}: ${message}\n${stack}`
}
