import type { ErrorBody } from '../../protocol/errors.ts'
import { Refused } from './talker.ts'

/** A command over HTTP; a refusal is thrown. */
export async function send<T = unknown>(
  url: string,
  { token }: { token: string },
  command: string,
  input: object,
): Promise<T> {
  const response = await fetch(`${url}/v1/${command}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(input),
  })
  const body: unknown = await response.json()
  if (!response.ok) throw new Refused(body as ErrorBody) // every answer but 200 is one
  return body as T // the contract is checked elsewhere
}
