import { z } from 'zod'
import { errors, type ErrorCode } from '../../protocol/errors.ts'
import { readDoor } from '../platform/key-files.ts'

/** Asks the running server as its operator. */
export type Ask = <S extends z.ZodType>(output: S, name: string, input?: object) => Promise<z.output<S>>
export type Door = { url: string; command: Ask; query: Ask }

/** Something to tell whoever sits at the terminal, without a stack. */
export class CommandProblem extends Error {
  override name = 'CommandProblem'
  readonly code: ErrorCode | undefined

  constructor(message: string, options: { code?: ErrorCode; cause?: unknown } = {}) {
    super(message, { cause: options.cause })
    this.code = options.code
  }
}

export function openDoor(dataFolder: string): Door {
  const door = readDoor(dataFolder)
  if (!door) throw new CommandProblem(`No server runs on the data folder ${dataFolder}. ${remedy}`)
  const headers = { authorization: `Bearer ${door.operatorToken}` }
  const send = async (address: string, init: RequestInit) => {
    try {
      return await fetch(`${door.url}/v1/${address}`, init)
    } catch (cause) {
      throw new CommandProblem(`The server at ${door.url} does not answer. ${remedy}`, { cause })
    }
  }
  return {
    url: door.url,
    async command(output, name, input = {}) {
      const json = { ...headers, 'content-type': 'application/json' }
      return read(output, await send(name, { method: 'POST', headers: json, body: JSON.stringify(input) }))
    },
    async query(output, name, input = {}) {
      const pairs = Object.entries(input).map(([key, value]) => [key, String(value)])
      return read(output, await send(`${name}?${new URLSearchParams(pairs)}`, { headers }))
    },
  }
}

const remedy = 'Start it with npm start, or name its data folder with --data FOLDER.'
const codes = Object.keys(errors) as ErrorCode[]
const Refused = z.object({ code: z.enum(codes), message: z.string(), path: z.string().optional() })

async function read<S extends z.ZodType>(output: S, response: Response): Promise<z.output<S>> {
  const body: unknown = await response.json()
  if (response.ok) return output.parse(body)
  const { code, message, path } = Refused.parse(body)
  throw new CommandProblem(path === undefined ? message : `${message} (${path})`, { code })
}
