import { Environment, type ASTNode } from '@marcbachmann/cel-js'
import type { RuleCondition, RuleForm } from '../../../protocol/order-rules.ts'
import { limits } from '../../../protocol/limits.ts'
import { Refusal } from '../../platform/refusal.ts'
import { countryCode } from './country.ts'

/** What a rule can be met by. Amounts and numbers are bigint, as CEL counts. */
export type Facts = {
  order: {
    status: string
    source: string
    total: bigint
    currency: string
    place?: string
    country?: string
    quantity: bigint
    skus: string[]
    items: { sku: string; name: string; quantity: bigint }[]
    attributes: Record<string, string | boolean | bigint>
  }
  /** Missing where nobody is known to have ordered. */
  customer?: { level: string; tags: string[]; earlierOrders: bigint; isFirstOrder: boolean }
}
export type Compiled = {
  /** True where the rule is met. Throws where something it asks for is missing. */
  isMet(facts: Facts): boolean
  needsCustomer: boolean
}

const structure = {
  maxAstNodes: limits.ruleNodes,
  maxDepth: 24,
  maxListElements: limits.ruleValues,
  maxMapEntries: 0,
  maxCallArguments: 4,
}
/** What an expression is checked against before it is saved. */
const typed = new Environment({ limits: structure })
  .registerVariable({
    name: 'order',
    schema: {
      status: 'string',
      source: 'string',
      total: 'int',
      currency: 'string',
      place: 'string',
      country: 'string',
      quantity: 'int',
      skus: 'list<string>',
      items: 'list<map<string, dyn>>',
      attributes: 'map<string, dyn>',
    },
  })
  .registerVariable({
    name: 'customer',
    schema: { level: 'string', tags: 'list<string>', earlierOrders: 'int', isFirstOrder: 'bool' },
  })
/** Carries it out, on plain values: twice as fast, with the same results for what the other has found sound. */
const plain = new Environment({ limits: structure })
  .registerVariable('order', 'map')
  .registerVariable('customer', 'map')

/** Without `matches`, whose patterns can take for ever, and without what makes new lists. */
const functions = new Set(['has', 'size', 'contains', 'startsWith', 'endsWith', 'exists', 'all', 'lowerAscii'])

/** Refuses what is no sound rule. Answers with the CEL. */
export function checkRule(form: RuleForm, expression: string | null): string {
  const source = expression?.trim() ? expression : compileForm(form)
  try {
    const parsed = typed.parse(source)
    refuseForbidden(parsed.ast, 0)
    const { valid, type, error } = parsed.check()
    if (!valid) throw error ?? new Error('This is no rule.')
    if (type !== 'bool') throw new Error(`This gives ${type}; a rule gives true or false.`)
    return source
  } catch (error) {
    if (error instanceof Refusal) throw error
    if (!(error instanceof Error)) throw error
    throw new Refusal('order-rule.unsound', { path: 'expression', message: firstLine(error.message), cause: error })
  }
}

const firstLine = (text: string) => (text.split('\n')[0] ?? '').slice(0, 300)

/** A rule walks each list once: what walks lists inside lists could take long. */
const NESTED_MAX = 1

function refuseForbidden(node: ASTNode, nested: number): void {
  const name = node.op === 'call' || node.op === 'rcall' ? node.args[0] : undefined
  if (name !== undefined && !functions.has(name))
    throw new Refusal('order-rule.unsound', { path: 'expression', message: `There is no ${name} in a rule.` })
  const depth = name === 'exists' || name === 'all' ? nested + 1 : nested
  if (depth > NESTED_MAX)
    throw new Refusal('order-rule.unsound', { path: 'expression', message: 'A rule walks no list inside another.' })
  for (const inner of innerNodes(node.args)) refuseForbidden(inner, depth)
}

function innerNodes(args: unknown): ASTNode[] {
  if (Array.isArray(args)) return args.flatMap((one: unknown) => innerNodes(one))
  return isNode(args) ? [args] : []
}

const isNode = (value: unknown): value is ASTNode =>
  typeof value === 'object' && value !== null && 'op' in value && 'args' in value

/** The form in CEL. An empty one is met by every order. */
export function compileForm({ join, conditions }: RuleForm): string {
  if (conditions.length === 0) return 'true'
  return conditions.map((condition) => `(${compileCondition(condition)})`).join(join === 'all' ? ' && ' : ' || ')
}

const comparisons = {
  above: '>',
  'at-least': '>=',
  below: '<',
  'at-most': '<=',
  equals: '==',
  is: '==',
  'is-not': '!=',
}

export function compileCondition(condition: RuleCondition): string {
  switch (condition.field) {
    case 'total': {
      const { operator, amount, currency } = condition
      return `order.currency == ${quote(currency)} && order.total ${comparisons[operator]} ${amount}`
    }
    case 'quantity':
      return `order.quantity ${comparisons[condition.operator]} ${condition.number}`
    case 'earlier-orders':
      return `customer.earlierOrders ${comparisons[condition.operator]} ${condition.number}`
    case 'first-order':
      return condition.operator === 'is' ? 'customer.isFirstOrder' : '!customer.isFirstOrder'
    case 'sku':
    case 'tag': {
      const list = condition.field === 'sku' ? 'order.skus' : 'customer.tags'
      const meant = condition.field === 'tag' ? condition.values.map(plainTag) : condition.values
      const found = meant.map((value) => `${quote(value)} in ${list}`).join(' || ')
      return condition.operator === 'has' ? found : `!(${found})`
    }
    case 'attribute': {
      const { name, operator, value } = condition
      const written = typeof value === 'string' ? quote(value) : String(value)
      return `order.attributes[${quote(name)}] ${comparisons[operator]} ${written}`
    }
    default:
      return compileWord(condition)
  }
}

function compileWord({ field, operator, values }: RuleCondition & { values: string[] }): string {
  const path = field === 'level' ? 'customer.level' : `order.${field}`
  const meant = field === 'country' ? values.map(countryCode) : field === 'level' ? values.map(plainTag) : values
  if (operator === 'is') return `${path} in [${meant.map(quote).join(', ')}]`
  return meant.map((value) => `${path} != ${quote(value)}`).join(' && ')
}

/** As tags and levels are stored. */
const plainTag = (word: string) => word.toLowerCase()

/** JSON's escapes are CEL's too. */
const quote = (text: string) => JSON.stringify(text)

const KEPT_MAX = 2_000
const kept = new Map<string, Compiled>()

/** A rule that was checked before it was saved. */
export function compiledRule(source: string): Compiled {
  const known = kept.get(source)
  if (known) return known
  const parsed = plain.parse(source)
  const compiled = {
    isMet: (facts: Facts) => parsed(facts) === true,
    needsCustomer: mentions(parsed.ast, 'customer'),
  }
  if (kept.size >= KEPT_MAX) for (const oldest of kept.keys()) if (kept.delete(oldest)) break
  kept.set(source, compiled)
  return compiled
}

const mentions = (node: ASTNode, name: string): boolean =>
  (node.op === 'id' && node.args === name) || innerNodes(node.args).some((inner) => mentions(inner, name))
