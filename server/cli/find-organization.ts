import { OrganizationList } from '../../protocol/organization.ts'
import { CommandProblem, type Door } from './client.ts'

/** By its name or id; without either the only one there is. */
export async function findOrganization(door: Door, wanted: string | undefined) {
  const { organizations } = await door.query(OrganizationList, 'organization.list')
  const fitting = organizations.filter(({ id, name }) => wanted === undefined || id === wanted || name === wanted)
  const [first, second] = fitting
  if (first && !second) return first
  const known = organizations.map(({ id, name }) => `  ${name}  ${id}`).join('\n')
  if (organizations.length === 0)
    throw new CommandProblem('This server has no organization yet: npx shoptalk setup-link')
  if (first) throw new CommandProblem(`Name one of these with --organization:\n${known}`)
  throw new CommandProblem(`There is no organization ${wanted}. These exist:\n${known}`)
}
