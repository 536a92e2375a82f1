import { v7 as uuidv7 } from 'uuid'
import type { OrganizationId } from '../../protocol/ids.ts'
import type { Site } from './site.ts'

export type ScimAnswer = { status: number; body: Record<string, unknown>; headers: Headers }
/** An identity provider: speaks SCIM over HTTP, with the secret of one organization. */
export type Provider = {
  tokenId: string
  token: string
  ask(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<ScimAnswer>
}

export async function connectProvider(
  site: Site,
  organizationId: OrganizationId,
  token = site.operatorToken,
): Promise<Provider> {
  const tokenId = uuidv7()
  const input = { organizationId, tokenId, name: 'Directory' }
  const made = await site.act<{ token: string }>('scim-token.create', input, { token })
  return { tokenId, token: made.token, ask: speak(site.url, made.token) }
}

export function speak(url: string, token: string): Provider['ask'] {
  return async (method, path, body, headers = {}) => {
    const response = await fetch(`${url}/scim/v2${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/scim+json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    return { status: response.status, body: text === '' ? {} : JSON.parse(text), headers: response.headers }
  }
}
