import type { FastifyRequest } from 'fastify'
import { limits } from '../../../protocol/limits.ts'
import { listResponse } from './lists.ts'
import { enterpriseSchema, groupSchema, userSchema } from './resource.ts'
import type { AddRoute, Door } from './door.ts'
import { schemas } from './schemas.ts'
import { notFound } from './scim-fault.ts'

/** What this server can do, as RFC 7643, 5 to 7, tells it. */
export function discovery(add: AddRoute, door: Door): void {
  const { base } = door
  const answer = (path: string, body: object) =>
    add('GET', path, (request) => door.read(request, async () => ({ status: 200, body })))
  const collection = (path: string, resources: readonly { id: string }[]) => {
    answer(path, listResponse(resources.length, 1, resources))
    add('GET', `${path}/:id`, (request) =>
      door.read(request, async () => {
        const id = idOf(request)
        const body = resources.find((resource) => resource.id.toLowerCase() === id.toLowerCase())
        if (!body) throw notFound(id)
        return { status: 200, body }
      }),
    )
  }
  answer('/ServiceProviderConfig', configOf(base))
  collection('/ResourceTypes', resourceTypes(base))
  collection('/Schemas', schemas(base))
}

const idOf = ({ params }: FastifyRequest) =>
  typeof params === 'object' && params !== null && 'id' in params ? String(params.id) : ''

const configOf = (base: string) => ({
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'],
  patch: { supported: true },
  bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
  filter: { supported: true, maxResults: limits.page },
  changePassword: { supported: false },
  sort: { supported: false },
  etag: { supported: true },
  authenticationSchemes: [
    {
      type: 'oauthbearertoken',
      name: 'Bearer token',
      description: 'A token that an administrator of the organization has made.',
      specUri: 'https://www.rfc-editor.org/info/rfc6750',
      primary: true,
    },
  ],
  meta: { resourceType: 'ServiceProviderConfig', location: `${base}/ServiceProviderConfig` },
})

const resourceTypes = (base: string) => {
  const type = (id: string, endpoint: string, schema: string, more: object) => ({
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:ResourceType'],
    id,
    name: id,
    endpoint,
    schema,
    ...more,
    meta: { resourceType: 'ResourceType', location: `${base}/ResourceTypes/${id}` },
  })
  const extension = { schemaExtensions: [{ schema: enterpriseSchema, required: false }] }
  return [
    type('User', '/Users', userSchema, { description: 'A member of the organization', ...extension }),
    type('Group', '/Groups', groupSchema, { description: 'A group whose members follow the directory' }),
  ]
}
