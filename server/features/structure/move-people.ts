import type { z } from 'zod'
import type { PersonId } from '../../../protocol/ids.ts'
import { limits } from '../../../protocol/limits.ts'
import type { Organization } from '../../../protocol/organization.ts'
import type { MovePreview } from '../../../protocol/structure.ts'
import type { Context } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import {
  addMembers,
  changeMembers,
  deactivateMembers,
  listDirectory,
  moveDirectory,
  type DirectoryEntry,
  type MemberFields,
  type NewMember,
} from '../organization/index.ts'
import { describeGroups } from './describe-groups.ts'
import { carryOut, holdPlan, planChange } from './follow-chart.ts'
import { circlesOf } from './managers.ts'
import { actorIdOf } from './prepare-import.ts'

/** A change of the directory by hand. `changed` holds whole members, as they shall be. */
export type Moving = {
  organization: Organization
  present: readonly DirectoryEntry[]
  added?: readonly NewMember[]
  changed?: readonly MemberFields[]
  removed?: readonly PersonId[]
  /** Whether an owner may be among them. */
  owners?: 'stay' | 'go'
}

type Doer = Pick<Context, 'tx' | 'now' | 'actor'>

export async function presentMembers(
  { tx }: Pick<Context, 'tx'>,
  organization: Organization,
): Promise<DirectoryEntry[]> {
  return (await listDirectory(tx, organization.id)).filter(({ state }) => state !== 'deactivated')
}

/** Writes the change, and moves the groups along. */
export async function movePeople(ctx: Doer, moving: Moving): Promise<void> {
  const { organization, added = [], changed = [], removed = [], owners = 'stay' } = moving
  const { tx, now } = ctx
  const move = moveOf(moving)
  const { plan } = await planChange(tx, move)
  const held = await holdPlan(tx, move, plan)
  await deactivateMembers(tx, { organization, personIds: removed, owners }, now)
  await changeMembers(tx, { organization, members: changed }, now)
  await addMembers(tx, { organization, members: added }, now)
  await carryOut(tx, held, { actorId: actorIdOf(ctx), now })
  await moveDirectory(tx, organization.id)
}

/** What the same change would do to the groups, for people to read. Writes nothing. */
export async function previewMoving(
  { tx }: Pick<Context, 'tx'>,
  moving: Moving,
): Promise<z.output<typeof MovePreview>> {
  const move = moveOf(moving)
  const { plan, state } = await planChange(tx, move)
  const names = new Map([...move.before, ...move.after].map(({ personId, name }) => [personId, name]))
  const groups = describeGroups(plan, state, names)
  return { groupCount: groups.length, groups: groups.slice(0, limits.page) }
}

function moveOf({ organization, present, added = [], changed = [], removed = [] }: Moving) {
  const gone = new Set(removed)
  const changedTo = new Map(changed.map((member) => [member.personId, member]))
  const stay = present.filter(({ personId }) => !gone.has(personId))
  const after = [...stay.map((member) => changedTo.get(member.personId) ?? member), ...added]
  requireTree(after)
  return { organization, before: present, after }
}

function requireTree(after: readonly MemberFields[]) {
  const managers = new Map(after.map(({ personId, managerId }) => [personId, managerId]))
  const stranger = after.find(({ managerId }) => managerId !== null && !managers.has(managerId))
  if (stranger) throw new Refusal('member.not-found', { path: 'managerId' })
  if (circlesOf(managers).length > 0) throw new Refusal('member.cycle', { path: 'managerId' })
}
