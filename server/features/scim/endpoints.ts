import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import * as groups from './groups.ts'
import { listGroups, listUsers, withMembers } from './list-resources.ts'
import { ListQuery } from './lists.ts'
import { presentUser, versionOf } from './present-user.ts'
import { readProjection } from './projection.ts'
import type { AddRoute, Answer, Door } from './door.ts'
import type { GroupRow } from './group-store.ts'
import type { UserRow } from './user-store.ts'
import * as users from './users.ts'

const Params = z.object({ id: z.string().max(200) })
const idOf = (request: FastifyRequest) => Params.parse(request.params).id
const queryOf = (request: FastifyRequest) => users.parse(ListQuery, request.query)
const matchOf = ({ headers }: FastifyRequest) => headers['if-match']
const isKnown = ({ headers }: FastifyRequest, version: string) => headers['if-none-match'] === version

export function answerUsers(add: AddRoute, door: Door): void {
  const { base } = door
  const answer = (request: FastifyRequest, row: UserRow, status = 200): Answer => {
    const version = versionOf(row)
    if (request.method === 'GET' && isKnown(request, version)) return { status: 304, version }
    const body = readProjection(queryOf(request)).project(presentUser(row, base))
    return { status, body, version, location: `${base}/Users/${row.personId}` }
  }
  add('GET', '/Users', (request) =>
    door.read(request, async (asking) => ({ status: 200, body: await listUsers(asking, queryOf(request), base) })),
  )
  add('POST', '/Users', async (request) => answer(request, await door.create(request), 201))
  add('GET', '/Users/:id', (request) =>
    door.read(request, async (asking) => answer(request, await users.readUser(asking, idOf(request)))),
  )
  add('PUT', '/Users/:id', (request) =>
    door.write(request, async (asking) =>
      answer(request, await users.replaceUser(asking, idOf(request), request.body, matchOf(request))),
    ),
  )
  add('PATCH', '/Users/:id', (request) =>
    door.write(request, async (asking) =>
      answer(request, await users.changeUser(asking, idOf(request), request.body, matchOf(request))),
    ),
  )
  add('DELETE', '/Users/:id', (request) =>
    door.write(request, async (asking) => {
      await users.deleteUser(asking, idOf(request), matchOf(request))
      return { status: 204 }
    }),
  )
}

export function answerGroups(add: AddRoute, door: Door): void {
  const { base } = door
  const answer = async (
    request: FastifyRequest,
    asking: users.Asking,
    row: GroupRow,
    status = 200,
  ): Promise<Answer> => {
    const version = groups.versionOfGroup(row)
    if (request.method === 'GET' && isKnown(request, version)) return { status: 304, version }
    const { project, shows } = readProjection(queryOf(request))
    const [whole] = shows('members') ? await withMembers(asking, [row], base) : [groups.presentGroup(row, base)]
    return { status, body: project(whole ?? {}), version, location: `${base}/Groups/${row.id}` }
  }
  add('GET', '/Groups', (request) =>
    door.read(request, async (asking) => ({ status: 200, body: await listGroups(asking, queryOf(request), base) })),
  )
  add('POST', '/Groups', (request) =>
    door.write(request, async ({ groupOwnerId: ownerId, ...asking }) =>
      answer(request, asking, await groups.createGroup({ ...asking, ownerId }, request.body), 201),
    ),
  )
  add('GET', '/Groups/:id', (request) =>
    door.read(request, async (asking) => answer(request, asking, await groups.readGroup(asking, idOf(request)))),
  )
  add('PUT', '/Groups/:id', (request) =>
    door.write(request, async (asking) =>
      answer(request, asking, await groups.replaceGroup(asking, idOf(request), request.body, matchOf(request))),
    ),
  )
  // Nobody wants all members back for having added one.
  add('PATCH', '/Groups/:id', (request) =>
    door.write(request, async (asking) => {
      const row = await groups.changeGroup(asking, idOf(request), request.body, matchOf(request))
      return { status: 204, version: groups.versionOfGroup(row) }
    }),
  )
  add('DELETE', '/Groups/:id', (request) =>
    door.write(request, async (asking) => {
      await groups.deleteGroup(asking, idOf(request), matchOf(request))
      return { status: 204 }
    }),
  )
}
