import { randomBytes } from 'node:crypto'
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { SECRET_BYTES } from './server-settings.ts'

/** What lies beside the database in the data folder, readable for the server's user alone. */
export type KeyFiles = {
  /** Seals what the database keeps secret. */
  secret: Uint8Array
  /** Whoever can read it is the operator. */
  operatorToken: string
}

export class KeyFileProblem extends Error {
  override name = 'KeyFileProblem'
}

const SECRET_FILE = 'secret.key'
const OPERATOR_FILE = 'operator.token'
const ADDRESS_FILE = 'server.address'
const TOKEN_BYTES = 32

/** Reads the keys, and makes those that are missing. */
export function openKeyFiles(dataFolder: string, givenSecret: Uint8Array | undefined): KeyFiles {
  try {
    mkdirSync(dataFolder, { recursive: true, mode: 0o700 })
    const operatorToken = readOrMake(join(dataFolder, OPERATOR_FILE), makeToken, isToken)
    const secret = givenSecret ?? Buffer.from(readOrMake(join(dataFolder, SECRET_FILE), makeKey, isKey), 'base64')
    return { secret, operatorToken }
  } catch (cause) {
    if (!(cause instanceof Error && 'syscall' in cause)) throw cause
    throw new KeyFileProblem(
      `The data folder ${dataFolder} cannot be written (${cause.message}). Give it to the user who runs the server ` +
        '(chown -R), or set SHOPTALK_DATA to another folder.',
      { cause },
    )
  }
}

const makeToken = () => `operator_${randomBytes(TOKEN_BYTES).toString('base64url')}`
const isToken = (text: string) => text.length > TOKEN_BYTES
const makeKey = () => randomBytes(SECRET_BYTES).toString('base64')
const isKey = (text: string) => Buffer.from(text, 'base64').length === SECRET_BYTES

/** How the terminal reaches the server of this folder: where it listens, and the operator's token. */
export function readDoor(dataFolder: string): { url: string; operatorToken: string } | undefined {
  const [address, token] = [join(dataFolder, ADDRESS_FILE), join(dataFolder, OPERATOR_FILE)]
  if (!existsSync(address) || !existsSync(token)) return undefined
  return { url: readFileSync(address, 'utf8').trim(), operatorToken: readFileSync(token, 'utf8').trim() }
}

/** Notes where the server listens, for the terminal on this machine. Returns how to take the note away. */
export function noteAddress(dataFolder: string, listening: string): () => void {
  const path = join(dataFolder, ADDRESS_FILE)
  const url = new URL(listening)
  if (url.hostname === '0.0.0.0' || url.hostname === '[::]') url.hostname = 'localhost'
  writeFileSync(path, `${url.origin}\n`, { mode: 0o600 })
  return () => rmSync(path, { force: true })
}

/** A start that is killed leaves either the whole file or none. */
function readOrMake(path: string, make: () => string, isSound: (text: string) => boolean): string {
  if (!existsSync(path)) {
    const unfinished = `${path}.${process.pid}`
    writeFileSync(unfinished, `${make()}\n`, { mode: 0o600, flush: true })
    try {
      linkSync(unfinished, path)
    } catch (error) {
      if (!existsSync(path)) throw error // else another start has made it
    } finally {
      rmSync(unfinished)
    }
  }
  const text = readFileSync(path, 'utf8').trim()
  if (!isSound(text)) throw new KeyFileProblem(`${path} is damaged. Restore it from a backup of the data folder.`)
  return text
}
