import {
  ListRuleVersions,
  OneRule,
  OrderRule,
  RuleContent,
  RuleList,
  RuleVersionList,
} from '../../../protocol/order-rules.ts'
import { InOrders } from '../../../protocol/orders.ts'
import { limits } from '../../../protocol/limits.ts'
import { query } from '../../platform/command.ts'
import { readLagMs } from '../../platform/reaction-runner.ts'
import { Refusal } from '../../platform/refusal.ts'
import { isAdministratorAsking } from '../organization/index.ts'
import { applyRules } from './apply-rules.ts'
import { toRule } from './put-rule.ts'
import { findRule, listRules, listVersions, type PastVersion } from './rule-store.ts'

export const listOrderRules = query({
  name: 'order-rule.list',
  summary: 'The rules by which orders bring coupons, in the order in which they are asked. For administrators.',
  input: InOrders,
  output: RuleList,
  allow: isAdministratorAsking,

  async run({ tx, now }, { organizationId }) {
    const [rows, lagMs] = await Promise.all([
      listRules(tx, organizationId, limits.rulesPerOrganization),
      readLagMs(tx, applyRules, now),
    ])
    return { rules: rows.map(toRule), lagMs }
  },
})

export const getOrderRule = query({
  name: 'order-rule.get',
  summary: 'One rule. For administrators.',
  input: OneRule,
  output: OrderRule,
  allow: isAdministratorAsking,

  async run({ tx }, { organizationId, ruleId }) {
    const row = await findRule(tx, organizationId, ruleId)
    if (!row) throw new Refusal('order-rule.not-found', { path: 'ruleId' })
    return toRule(row)
  },
})

export const listRuleVersions = query({
  name: 'order-rule.list-versions',
  summary: 'What a rule has been, the newest first, who made it so and what it gave as such. For administrators.',
  input: ListRuleVersions,
  output: RuleVersionList,
  allow: isAdministratorAsking,

  async run({ tx }, { organizationId, ruleId, before = null, limit }) {
    if (!(await findRule(tx, organizationId, ruleId))) throw new Refusal('order-rule.not-found', { path: 'ruleId' })
    const rows = await listVersions(tx, { organizationId, ruleId, before, limit: limit + 1 })
    const versions = rows.slice(0, limit).map(viewOf)
    return { versions, next: rows.length > limit ? (versions.at(-1)?.version ?? null) : null }
  },
})

function viewOf({ version, content, compiled, madeBy, madeAt, supersededAt, ...counts }: PastVersion) {
  const { given, takenBack, coupons } = counts
  return { ...RuleContent.parse(content), version, compiled, madeBy, madeAt, supersededAt, given, takenBack, coupons }
}
