import { Nothing } from '../../../protocol/conversations.ts'
import { ChangeMember } from '../../../protocol/structure.ts'
import { recordAct } from '../../platform/audit.ts'
import { command } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import { isAdministratorAsking, lockOrganization } from '../organization/index.ts'
import { movePeople, presentMembers } from './move-people.ts'

export const changeMember = command({
  name: 'member.change',
  summary: 'Change name, title, place, phone or manager of a member; the groups follow. For administrators.',
  input: ChangeMember,
  output: Nothing,

  lock: ({ tx }, { organizationId }) => lockOrganization(tx, organizationId),
  allow: isAdministratorAsking,

  async run(ctx, { personId, name, title, place, phone, managerId }, organization) {
    if (!organization) throw new Refusal('access.refused')
    const present = await presentMembers(ctx, organization)
    const member = present.find((one) => one.personId === personId)
    if (!member) throw new Refusal('member.not-found', { path: 'personId' })
    const changed = {
      ...member,
      name: name ?? member.name,
      title: title ?? member.title,
      place: place ?? member.place,
      phone: phone ?? member.phone,
      managerId: managerId === undefined ? member.managerId : managerId,
    }
    await movePeople(ctx, { organization, present, changed: [changed] })
    const fields = (['name', 'title', 'place', 'phone', 'managerId'] as const).filter(
      (field) => changed[field] !== member[field],
    )
    const managers = fields.includes('managerId') ? { managerBefore: member.managerId, manager: changed.managerId } : {}
    recordAct(ctx, {
      organizationId: organization.id,
      act: 'member.changed',
      personIds: [personId],
      facts: { fields, ...managers },
    })
    return {}
  },
})
