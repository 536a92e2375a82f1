import type { FastifyRequest } from 'fastify'
import type { Tools } from '../../platform/feature.ts'
import { publicUrl } from '../../platform/server-settings.ts'
import type { Tx } from '../../platform/sql.ts'
import { allow, noteUse, readToken } from './access.ts'
import { createLane } from './create-lane.ts'
import { PREFIX } from './prefix.ts'
import { ScimFault } from './scim-fault.ts'
import { createThrottle } from './throttle.ts'
import type { Access } from './token-store.ts'
import type { UserRow } from './user-store.ts'
import type { Asking } from './users.ts'

export type Answer = { status: number; body?: object; location?: string; version?: string }
export type Admitted = Asking & Pick<Access, 'groupOwnerId'>
/** What a request may do: in a transaction that begins by asking whether the token is good. */
export type Door = {
  base: string
  read(request: FastifyRequest, run: (asking: Asking) => Promise<Answer>): Promise<Answer>
  /** Makes a user, together with others that arrive at the same time. */
  create(request: FastifyRequest): Promise<UserRow>
  write(request: FastifyRequest, run: (asking: Admitted) => Promise<Answer>): Promise<Answer>
}
export type Handle = (request: FastifyRequest) => Promise<Answer>
export type AddRoute = (method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, handle: Handle) => void

export function createDoor({ database, clock, settings }: Tools): Door {
  const throttle = createThrottle()
  const lane = createLane(database, clock)
  const enter = async <T>(request: FastifyRequest, work: (token: Buffer) => Promise<{ access: Access; result: T }>) => {
    const token = readToken(request.headers.authorization)
    const leave = throttle.enter(token.toString('base64'), performance.now())
    try {
      const { access, result } = await work(token)
      await noteUse(database, access, clock())
      return result
    } finally {
      leave()
    }
  }
  const admit = (token: Buffer, what: 'read' | 'write', work: (asking: Admitted) => Promise<Answer>) => {
    const run = async (tx: Tx) => {
      const access = await allow(tx, token, what)
      const { organizationId, groupOwnerId } = access
      return { access, result: await work({ tx, now: clock(), organizationId, groupOwnerId }) }
    }
    return what === 'read' ? database.snapshot(run) : database.transaction(run)
  }
  return {
    base: settings.get(publicUrl) + PREFIX,
    read: (request, run) => enter(request, (token) => admit(token, 'read', run)),
    write: (request, run) => enter(request, (token) => admit(token, 'write', run)),
    create: (request) =>
      enter(request, async (token) => {
        const { access, created } = await lane.submit(token, request.body)
        if (created instanceof ScimFault) throw created
        return { access, result: created }
      }),
  }
}
