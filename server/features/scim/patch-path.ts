import { enterpriseSchema, isKnownName } from './resource.ts'
import { ScimFault } from './scim-fault.ts'

/** `attribute`, `attribute.sub`, `attribute[filter]` or `attribute[filter].sub`. */
const shape = /^([A-Za-z][\w$-]*)(?:\[(.*)\])?(?:\.([A-Za-z$][\w$-]*))?$/
// Without what the library mistakes for the end of a name inside quotation marks.
const comparison = String.raw`([A-Za-z]\w*) +(?:pr|[a-z]{2} +(?:"[^"\\:[\]]*"|true|false|null|\d+))`
const filter = new RegExp(String.raw`^ *${comparison}(?: +(?:and|or) +${comparison})* *$`, 'i')

/**
 * Whether a path leads to an attribute that is kept; one that leads nowhere is left out like any other attribute that
 * is not known. The library follows a path through whatever JavaScript finds under its names, what objects inherit
 * as well, so that it must see no name that is not an attribute's.
 */
export function leadsSomewhere(path: string): boolean {
  if (path === enterpriseSchema) return true
  const extension = `${enterpriseSchema}:`
  const inner = path.startsWith(extension) ? path.slice(extension.length) : path
  if (/^urn:/i.test(inner)) return false
  const [, name = '', inside, sub] = shape.exec(inner) ?? []
  const compared = inside === undefined ? [] : (filter.exec(inside)?.slice(1) ?? [''])
  if (name === '' || compared.includes('')) throw unreadable(path)
  return [name, sub, ...compared].every((one) => one === undefined || isKnownName(one))
}

/** A value without names that are not an attribute's. */
export function withKnownNames(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withKnownNames)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).filter(([name]) => isKnownName(name))
  return Object.fromEntries(entries.map(([name, inner]) => [name, withKnownNames(inner)]))
}

const unreadable = (path: string) =>
  new ScimFault(400, `This path cannot be read: ${path.slice(0, 100)}`, { scimType: 'invalidPath' })
