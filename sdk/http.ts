import type { ErrorBody } from '../protocol/errors.ts'
import type { Clock } from './clock.ts'
import { isQuery, type CommandName } from './commands.ts'
import { RequestError } from './request-error.ts'

export type Http = {
  request(name: CommandName, input: object): Promise<unknown>
  /** Outside browsers. */
  setToken(token: string | undefined): void
  readonly headers: Readonly<Record<string, string>>
}

/** The longest command is an import of 100,000 people. */
const ANSWER_MS = 300_000

type HttpOptions = { url: string; token: string | undefined; fetch: typeof fetch; clock: Clock }

export function createHttp({ url, fetch, clock, ...options }: HttpOptions): Http {
  let { token } = options
  const headers = (): Record<string, string> => (token === undefined ? {} : { authorization: `Bearer ${token}` })

  async function request(name: CommandName, input: object): Promise<unknown> {
    const abort = new AbortController()
    const cancel = clock.after(ANSWER_MS, () => abort.abort())
    try {
      const answer = await fetch(...toRequest(name, input, abort.signal))
      return await read(answer)
    } catch (cause) {
      throw cause instanceof RequestError ? cause : new RequestError('connection.lost', { cause })
    } finally {
      cancel()
    }
  }

  function toRequest(name: CommandName, input: object, signal: AbortSignal): [string, RequestInit] {
    const address = `${url}/v1/${name}`
    if (isQuery(name)) return [`${address}${queryOf(input)}`, { headers: headers(), signal }]
    const json = { ...headers(), 'content-type': 'application/json' }
    return [address, { method: 'POST', headers: json, body: JSON.stringify(input), signal }]
  }

  return {
    request,
    setToken(next) {
      token = next
    },
    get headers() {
      return headers()
    },
  }
}

/** Lists repeat their name; what is neither text, number nor truth value goes as JSON. */
function queryOf(input: object): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(input)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined) query.append(name, typeof one === 'object' ? JSON.stringify(one) : String(one))
    }
  }
  return query.size > 0 ? `?${query}` : ''
}

async function read(answer: Response): Promise<unknown> {
  const body: unknown = await answer.json().catch(() => undefined)
  if (answer.ok && body !== undefined) return body
  if (isErrorBody(body)) throw new RequestError(body.code, body)
  // Not our server's words: something between us answered.
  throw new RequestError('server.unavailable', { message: `The server answered with status ${answer.status}.` })
}

function isErrorBody(body: unknown): body is ErrorBody {
  return typeof body === 'object' && body !== null && 'code' in body && 'message' in body
}
