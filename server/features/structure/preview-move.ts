import { MovePreview, PreviewMove } from '../../../protocol/structure.ts'
import { query } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import { findOrganization, isAdministratorAsking } from '../organization/index.ts'
import { presentMembers, previewMoving } from './move-people.ts'

export const previewMove = query({
  name: 'member.preview-move',
  summary: 'Show which groups change when somebody gets another manager. For administrators.',
  input: PreviewMove,
  output: MovePreview,

  allow: isAdministratorAsking,

  async run(ctx, { organizationId, personId, managerId = null }) {
    const organization = await findOrganization(ctx.tx, organizationId)
    if (!organization) throw new Refusal('access.refused')
    const present = await presentMembers(ctx, organization)
    const member = present.find((one) => one.personId === personId)
    if (!member) throw new Refusal('member.not-found', { path: 'personId' })
    return previewMoving(ctx, { organization, present, changed: [{ ...member, managerId }] })
  },
})
