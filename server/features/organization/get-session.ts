import { z } from 'zod'
import { Session } from '../../../protocol/organization.ts'
import { personOf, query } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import { addressesByPerson } from '../identity/index.ts'
import { membershipsOf } from './membership.ts'

export const getSession = query({
  name: 'session.get',
  summary:
    'Who one is: the addresses one signs in with, what one is where, and the invitations that wait for an answer.',
  input: z.strictObject({}),
  output: Session,

  allow: (ctx) => personOf(ctx) !== undefined,

  async run({ tx, actor }) {
    if (actor.kind !== 'person') throw new Refusal('session.required')
    const { personId, deviceId } = actor
    const memberships = (await membershipsOf(tx, personId)).filter(({ state }) => state !== 'deactivated')
    return { personId, deviceId, addresses: (await addressesByPerson(tx, [personId])).get(personId) ?? [], memberships }
  },
})
