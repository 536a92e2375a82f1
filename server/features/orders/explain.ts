import type { ConditionCheck, RuleCondition, RuleDecision } from '../../../protocol/order-rules.ts'
import type { CustomerLevel } from '../../../protocol/orders.ts'
import { compileCondition, type Facts } from './compile-rule.ts'
import { factsOf, inForce, meets, timed, type RuleVersion } from './decide.ts'
import type { Decision, OpenIssue } from './decision-store.ts'
import type { Details } from './store.ts'

export type Explained = {
  decision: Decision
  details: Details
  rules: readonly RuleVersion[]
  issues: readonly OpenIssue[]
  levels: readonly CustomerLevel[]
}

/** Why each rule that was in force gave something, or why not: asked again with what was seen then. */
export function explain({ decision, details, rules, issues, levels }: Explained): RuleDecision[] {
  const { status, at, customer, outcomes } = decision
  const facts = factsOf({ status, details }, customer ?? undefined, levels)
  return inForce(rules.map(timed), decision).map((rule) => {
    const found = outcomes.find(({ ruleId, version }) => ruleId === rule.ruleId && version === rule.version)
    const issue = issues.find((one) => one.ruleId === rule.ruleId && one.status === status)
    return {
      ruleId: rule.ruleId,
      ruleName: rule.content.name,
      ruleVersion: rule.version,
      status,
      at,
      outcome: found?.outcome ?? 'not-met',
      join: rule.content.form.join,
      checks: checksOf(rule, facts),
      takenBackAt: issue?.takenBackAt ?? null,
    }
  })
}

function checksOf({ content, compiled }: RuleVersion, facts: Facts): ConditionCheck[] {
  if (content.expression?.trim()) return [{ condition: null, result: resultOf(meets({ compiled }, facts)), seen: '' }]
  return content.form.conditions.map((condition) => ({
    condition,
    result: resultOf(meets({ compiled: compileCondition(condition) }, facts)),
    seen: seenBy(condition, facts).slice(0, 300),
  }))
}

const resultOf = (met: boolean | 'missing') => (met === 'missing' ? met : met ? 'met' : 'not-met')

/** What the order says to what a condition asks; empty where it says nothing. */
function seenBy(condition: RuleCondition, { order, customer }: Facts): string {
  switch (condition.field) {
    case 'total':
      return `${order.total} ${order.currency}`
    case 'quantity':
      return String(order.quantity)
    case 'sku':
      return order.skus.join(', ')
    case 'attribute':
      return String(order.attributes[condition.name] ?? '')
    case 'earlier-orders':
    case 'first-order':
      return customer ? String(customer.earlierOrders) : ''
    case 'tag':
      return customer?.tags.join(', ') ?? ''
    case 'level':
      return customer?.level ?? ''
    default:
      return order[condition.field] ?? ''
  }
}
