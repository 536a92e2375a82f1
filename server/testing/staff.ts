import { v7 as uuidv7 } from 'uuid'
import { OrganizationId, PersonId } from '../../protocol/ids.ts'
import { findOrCreatePersons } from '../features/identity/index.ts'
import { addMembers, makeSetupToken, moveDirectory, lockOrganization } from '../features/organization/index.ts'
import { remember, signIn, testDevice, type SignedIn } from './sign-in.ts'
import type { Site } from './site.ts'

export type Founded = SignedIn & { organizationId: OrganizationId }

/** A new organization with its administrator signed in, made as the wizard makes it on an empty server. */
export async function found(site: Site, name: string, address: string): Promise<Founded> {
  const token = await site.database.transaction((tx) => makeSetupToken(tx, site.clock()))
  const organizationId = OrganizationId.parse(uuidv7())
  const administrator = { name: 'Andrew Fuller', address }
  const input = { token, organizationId, name, administrator, device: testDevice, keep: 'token' }
  const created = await site.act<SignedIn>('organization.create', input)
  return { ...remember(site, address, created), organizationId }
}

/** A further organization, whose administrator has come in by their invitation. */
export async function foundAnother(site: Site, name: string, address: string): Promise<Founded> {
  const organizationId = OrganizationId.parse(uuidv7())
  const input = { organizationId, name, administrator: { name: 'Somebody Else', address } }
  await site.act('organization.create', input, { token: site.operatorToken })
  await site.post.next(address)
  return { ...(await signIn(site, address)), organizationId }
}

export type Hired = { name: string; address: string; title?: string; managerId?: PersonId; source?: 'import' | 'made' }

/** Puts people into the directory, as an import does. */
export async function hire(site: Site, organizationId: OrganizationId, people: readonly Hired[]): Promise<PersonId[]> {
  return site.database.transaction(async (tx) => {
    const organization = await lockOrganization(tx, organizationId)
    if (!organization) throw new Error('There is no such organization.')
    const found = await findOrCreatePersons(
      tx,
      people.map(({ address }) => address),
      site.clock(),
    )
    const blank = {
      title: '',
      place: '',
      phone: '',
      managerId: null,
      key: null,
      source: 'made',
      role: 'member',
    } as const
    const members = people.map((person) => ({
      ...blank,
      ...person,
      personId: PersonId.parse(found.get(person.address)),
    }))
    await addMembers(tx, { organization, members }, site.clock())
    await moveDirectory(tx, organizationId)
    return members.map(({ personId }) => personId)
  })
}
