import type { Filter } from 'scim2-parse-filter'
import { canonicalPath } from './patch.ts'
import { enterpriseSchema } from './resource.ts'
import { ScimFault } from './scim-fault.ts'

/** UTF-16 code units. What identity providers ask is a tenth of it. */
const FILTER_MAX = 2_000
/** Conditions of one filter. */
const CONDITIONS_MAX = 20

/** Where a filter can be looked up instead of read through. */
export type Lookup = { by: 'id' | 'userName' | 'externalId' | 'email' | 'displayName'; value: string }
export type ReadFilter = {
  /** The resources that can fit at all, if they are few. */
  lookup: Lookup | undefined
  matches(resource: object): boolean
}

/** Reads `userName eq "ann@example.com"` and whatever else RFC 7644, 3.4.2.2 allows. */
export async function readFilter(text: string, attributes: readonly Lookup['by'][]): Promise<ReadFilter> {
  if (text.length > FILTER_MAX) throw badFilter(`A filter has ${FILTER_MAX} characters at most.`)
  const { filter, parse } = await import('scim2-parse-filter')
  const parsed = parseWith(parse, text)
  let conditions = 0
  const whole = withWholeNames(parsed, '', () => {
    if (++conditions > CONDITIONS_MAX) throw badFilter(`A filter has ${CONDITIONS_MAX} conditions at most.`)
  })
  const test = filter(folded(whole))
  return { lookup: lookupIn(whole, attributes), matches: (resource) => test(foldedValue(resource)) }
}

const badFilter = (detail: string, cause?: unknown) => new ScimFault(400, detail, { scimType: 'invalidFilter', cause })

function parseWith(parse: (text: string) => Filter, text: string): Filter {
  try {
    return parse(text)
  } catch (cause) {
    throw badFilter(`This filter cannot be read: ${cause instanceof Error ? cause.message.slice(0, 200) : ''}`, cause)
  }
}

/** Attributes that hold objects are compared by their `value`: `members eq "…"` is what some send. */
const complex = new Set(['emails', 'phoneNumbers', 'members', `${enterpriseSchema}:manager`])

/** The names of attributes as the schemas write them. */
function withWholeNames(node: Filter, inside: string, count: () => void): Filter {
  if ('filters' in node) return { ...node, filters: node.filters.map((inner) => withWholeNames(inner, inside, count)) }
  if ('filter' in node) return { ...node, filter: withWholeNames(node.filter, inside, count) }
  count()
  const attrPath = canonicalPath(node.attrPath)
  if ('valFilter' in node) return { ...node, attrPath, valFilter: withWholeNames(node.valFilter, attrPath, count) }
  const isObject = inside === '' && complex.has(attrPath) && node.op !== 'pr'
  return { ...node, attrPath: isObject ? `${attrPath}.value` : attrPath }
}

/** Nothing we keep tells upper from lower case. */
function folded(node: Filter): Filter {
  if ('filters' in node) return { ...node, filters: node.filters.map(folded) }
  if ('filter' in node) return { ...node, filter: folded(node.filter) }
  if ('valFilter' in node) return { ...node, valFilter: folded(node.valFilter) }
  if (!('compValue' in node) || typeof node.compValue !== 'string') return node
  return { ...node, compValue: node.compValue.toLowerCase() }
}

function foldedValue(value: unknown): unknown {
  if (typeof value === 'string') return value.toLowerCase()
  if (Array.isArray(value)) return value.map(foldedValue)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, foldedValue(inner)]))
}

/** Of conditions that must all hold, one that can be looked up is enough. */
function lookupIn(node: Filter, attributes: readonly Lookup['by'][]): Lookup | undefined {
  if (node.op === 'and' && 'filters' in node) {
    for (const inner of node.filters) {
      const lookup = lookupIn(inner, attributes)
      if (lookup) return lookup
    }
  }
  if (node.op !== 'eq' || !('compValue' in node) || typeof node.compValue !== 'string') return undefined
  const by = indexed.get(node.attrPath)
  return by && attributes.includes(by) ? { by, value: node.compValue } : undefined
}

const indexed = new Map<string, Lookup['by']>([
  ['id', 'id'],
  ['userName', 'userName'],
  ['externalId', 'externalId'],
  ['emails.value', 'email'],
  ['displayName', 'displayName'],
])
