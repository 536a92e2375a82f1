import { Nothing } from '../../../protocol/conversations.ts'
import { RemoveLdap } from '../../../protocol/ldap.ts'
import { recordAct } from '../../platform/audit.ts'
import { command } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import { isAdministratorAsking, lockOrganization } from '../organization/index.ts'
import { deleteSource } from './store.ts'

export const removeLdap = command({
  name: 'ldap.remove',
  summary: 'Forget the LDAP directory of the organization. The people it brought stay. For administrators.',
  input: RemoveLdap,
  output: Nothing,

  lock: ({ tx }, { organizationId }) => lockOrganization(tx, organizationId),
  allow: isAdministratorAsking,

  async run(ctx, { organizationId }) {
    if (!(await deleteSource(ctx.tx, organizationId))) throw new Refusal('ldap.not-connected')
    recordAct(ctx, { organizationId, act: 'directory.disconnected', facts: { source: 'ldap' } })
    return {}
  },
})
