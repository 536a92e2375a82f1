import { v7 as uuidv7 } from 'uuid'
import type { PersonId } from '../../protocol/ids.ts'
import { DeviceId } from '../../protocol/ids.ts'
import type { ContactCard } from '../../protocol/contacts.ts'
import type { z } from 'zod'
import type { Actor } from '../platform/command.ts'
import type { Name } from './cast.ts'
import type { World } from './world.ts'

export type Outsider = { personId: PersonId; actor: Actor & { kind: 'person' } }

/** Somebody outside, written down by one of the cast, who has come in and listens with a device. */
export async function bringIn(world: World, keeper: Name, name: string): Promise<Outsider> {
  const { organizationId } = world.cast[keeper]
  const input = { organizationId, name, addresses: [`${name}@customers.example`] }
  const { personId } = (await world.ask(keeper, 'contact.create', input)) as z.output<typeof ContactCard>
  const deviceId = DeviceId.parse(uuidv7())
  await world.database.transaction(async (tx) => {
    await tx`update outsider set state = 'active', joined_at = now() where person_id = ${personId}`
    await tx`
      insert into device (id, person_id, name, class, token_hash, created_at, seen_at)
      values (${deviceId}, ${personId}, 'Test', 'mobile', ${Buffer.from(deviceId)}, now(), now())`
  })
  return { personId, actor: { kind: 'person', personId, deviceId } }
}
