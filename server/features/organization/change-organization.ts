import { ChangeOrganization, Organization } from '../../../protocol/organization.ts'
import { recordAct } from '../../platform/audit.ts'
import { command } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import { isAdministratorAsking } from './access.ts'
import { moveDirectory } from './directory.ts'
import { isReadable } from './rules.ts'
import { lockOrganization, updateOrganization } from './store.ts'

export const changeOrganization = command({
  name: 'organization.change',
  summary: 'Change the name, the accent colour or the language of an organization. For administrators.',
  input: ChangeOrganization,
  output: Organization,

  lock: ({ tx }, { organizationId }) => lockOrganization(tx, organizationId),
  allow: isAdministratorAsking,

  async run(ctx, { organizationId: id, ...changes }, before) {
    if (!before) throw new Refusal('access.refused')
    const { tx } = ctx
    const { name = before.name, accent = before.accent, locale = before.locale } = changes
    if (!isReadable(accent)) throw new Refusal('organization.accent-unreadable', { path: 'accent' })
    recordAct(ctx, { organizationId: id, act: 'organization.changed', facts: { fields: Object.keys(changes) } })
    await updateOrganization(tx, { id, name, accent, locale })
    return { id, name, accent, locale, directoryVersion: await moveDirectory(tx, id) }
  },
})
