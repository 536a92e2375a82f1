import { isDeepStrictEqual } from 'node:util'
import {
  CheckedRule,
  CheckRule,
  OrderRule,
  PutRule,
  RuleContent,
  SetRuleActive,
} from '../../../protocol/order-rules.ts'
import type { OrganizationId } from '../../../protocol/ids.ts'
import { limits } from '../../../protocol/limits.ts'
import { recordAct } from '../../platform/audit.ts'
import { command, personOf, type Context } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import { findCampaigns } from '../coupons/index.ts'
import { templateOf } from '../fields/index.ts'
import { isActiveMember, isAdministratorAsking } from '../organization/index.ts'
import { checkRule } from './compile-rule.ts'
import * as store from './rule-store.ts'

export const putRule = command({
  name: 'order-rule.put',
  summary:
    'Save a rule, or change it: that makes a new version, and the one in force when an order changed decides. For ' +
    'administrators.',
  input: PutRule,
  output: OrderRule,

  lock: ({ tx }, { ruleId }) => store.lockRule(tx, ruleId),
  allow: isAdministratorAsking,

  async run(ctx, { organizationId, ruleId, version, rule }, locked) {
    if (locked && locked.organizationId !== organizationId) throw new Refusal('order-rule.id-taken', { path: 'ruleId' })
    const compiled = checkRule(rule.form, rule.expression)
    const known = await store.findRule(ctx.tx, organizationId, ruleId)
    if (known && isDeepStrictEqual(RuleContent.parse(known.content), rule)) return toRule(known)
    if ((known?.version ?? 0) !== version) throw new Refusal('order-rule.changed', { path: 'version' })
    if (!known && (await store.countRules(ctx.tx, organizationId)) >= limits.rulesPerOrganization)
      throw new Refusal('order-rule.limit')
    requireTime(rule)
    await requireCampaigns(ctx, organizationId, rule)
    if (rule.senderId && !(await isActiveMember(ctx.tx, organizationId, rule.senderId)))
      throw new Refusal('member.not-found', { path: 'rule.senderId' })
    if (rule.message.trim() !== '') templateOf([{ type: 'text', text: rule.message }])
    return save(ctx, { organizationId, ruleId, version: version + 1, content: rule, compiled })
  },
})

function requireTime({ validFrom, validUntil }: RuleContent): void {
  if (validFrom === null || validUntil === null || Date.parse(validFrom) < Date.parse(validUntil)) return
  throw new Refusal('input.invalid', { path: 'rule.validUntil', message: 'Must be after validFrom.' })
}

/** A rule gives coupons of its own organization. */
async function requireCampaigns({ tx }: Context, organizationId: OrganizationId, { gifts }: RuleContent) {
  const ids = gifts.map(({ campaignId }) => campaignId)
  const own = (await findCampaigns(tx, ids)).filter((campaign) => campaign.organizationId === organizationId)
  const strange = ids.findIndex((id) => !own.some((campaign) => campaign.id === id))
  if (strange >= 0) throw new Refusal('campaign.not-found', { path: `rule.gifts.${strange}.campaignId` })
}

type Saving = Omit<store.NewVersion, 'madeBy'>

async function save(ctx: Context, saving: Saving) {
  const { organizationId, ruleId, version } = saving
  await store.putVersion(ctx.tx, { ...saving, madeBy: personOf(ctx) }, ctx.now)
  recordAct(ctx, { organizationId, act: 'order-rule.changed', thingId: ruleId, facts: { version } })
  const row = await store.findRule(ctx.tx, organizationId, ruleId)
  if (!row) throw new Error('A rule vanished under its lock.')
  return toRule(row)
}

export const setRuleActive = command({
  name: 'order-rule.set-active',
  summary: 'Pause a rule, or let it act again. For administrators.',
  input: SetRuleActive,
  output: OrderRule,

  lock: ({ tx }, { ruleId }) => store.lockRule(tx, ruleId),
  allow: isAdministratorAsking,

  async run(ctx, { organizationId, ruleId, isActive }) {
    const known = await store.findRule(ctx.tx, organizationId, ruleId)
    if (!known) throw new Refusal('order-rule.not-found', { path: 'ruleId' })
    if (known.isActive === isActive) return toRule(known)
    const content = { ...RuleContent.parse(known.content), isActive }
    const { version, compiled } = known
    return save(ctx, { organizationId, ruleId, version: version + 1, content, compiled })
  },
})

/** A command, though it changes nothing: a form is too large for the address of a query. */
export const checkOrderRule = command({
  name: 'order-rule.check',
  summary: 'Check the conditions of a rule, and see them in CEL. For administrators.',
  input: CheckRule,
  output: CheckedRule,
  allow: isAdministratorAsking,
  run: async (_ctx, { form, expression }) => ({ compiled: checkRule(form, expression) }),
})

export function toRule({ ruleId, version, content, compiled, madeBy, madeAt, ...counts }: store.RuleRow) {
  const { given, takenBack, spent } = counts
  return { ...RuleContent.parse(content), id: ruleId, version, compiled, madeBy, madeAt, given, takenBack, spent }
}
