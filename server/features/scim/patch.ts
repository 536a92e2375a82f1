import { isRecord } from './is-record.ts'
import { leadsSomewhere, withKnownNames } from './patch-path.ts'
import { canonical, enterpriseSchema, groupSchema, userSchema, type Operation, type ScimUser } from './resource.ts'
import { ScimFault } from './scim-fault.ts'

type Patched = Record<string, unknown>

/**
 * Applies a PATCH to a user. What Okta and Entra write beside the standard is brought to it first: objects without a
 * path, dotted names in them, and extensions by their whole name.
 */
export async function patchUser(user: ScimUser, operations: readonly Operation[]): Promise<Patched> {
  const { scimPatch } = await import('scim-patch')
  const resource = { ...structuredClone(user), schemas: [userSchema], meta: { created: noDate, lastModified: noDate } }
  try {
    const steps = operations.flatMap(expand).filter(({ path }) => leadsSomewhere(path))
    return { ...scimPatch(resource, steps.map(toLibrary), { mutateDocument: true, treatMissingAsAdd: true }) }
  } catch (cause) {
    if (cause instanceof ScimFault) throw cause
    const isNoTarget = cause instanceof Error && /target|noTarget/i.test(`${cause.name} ${cause.message}`)
    const detail = cause instanceof Error ? cause.message.slice(0, 300) : 'This PATCH cannot be applied.'
    throw new ScimFault(400, detail, { scimType: isNoTarget ? 'noTarget' : 'invalidPath', cause })
  }
}

const noDate = new Date(0)
type Step = { op: Operation['op']; path: string; value: unknown }

/** One operation for each attribute. */
function expand({ op, path, value }: Operation): Step[] {
  if (path !== undefined && path !== '') return expandExtension({ op, path: canonicalPath(path), value })
  if (op === 'remove') throw new ScimFault(400, 'To remove something, name its path.', { scimType: 'noTarget' })
  if (!isRecord(value))
    throw new ScimFault(400, 'Without a path, the value is an object.', { scimType: 'invalidValue' })
  return Object.entries(value)
    .filter(([name]) => !readOnly.has(name.toLowerCase()))
    .flatMap(([name, inner]) => expandExtension({ op, path: canonicalPath(name), value: inner }))
}

const readOnly = new Set(['id', 'schemas', 'meta', 'groups', 'password'])

/** The whole extension as a value is one operation for each of its attributes: the others stay. */
function expandExtension(step: Step): Step[] {
  if (step.path !== enterpriseSchema) return step.value === undefined && step.op !== 'remove' ? [] : [step]
  if (step.op === 'remove') return [step]
  if (!isRecord(step.value)) throw new ScimFault(400, 'An extension is an object.', { scimType: 'invalidValue' })
  return Object.entries(step.value).map(([name, value]) => ({
    ...step,
    path: `${enterpriseSchema}:${canonical(name)}`,
    value,
  }))
}

/** `URN:…:enterprise:2.0:User:Department` and `emails[Type eq "work"].Value`, as the schemas write them. */
export function canonicalPath(path: string): string {
  const trimmed = path.trim()
  const schema = [enterpriseSchema, userSchema, groupSchema].find((urn) =>
    trimmed.toLowerCase().startsWith(urn.toLowerCase()),
  )
  const rest = schema ? trimmed.slice(schema.length).replace(/^[:.]/, '') : trimmed
  const inner = rest.replaceAll(/"(?:[^"\\]|\\.)*"|[A-Za-z][\w$-]*/g, (word) =>
    word.startsWith('"') ? word : canonical(word),
  )
  // These few stand without their extension in what some send.
  const isEnterprise =
    schema === enterpriseSchema || /^(manager|department|employeeNumber|costCenter|division)\b/.test(inner)
  if (!isEnterprise) return inner
  if (inner === '') return enterpriseSchema
  // What a manager object holds beside the reference is not kept.
  return `${enterpriseSchema}:${inner.replace(/^manager\..*$/, 'manager')}`
}

function toLibrary({ op, path, value: given }: Step) {
  const value = withKnownNames(given)
  if (op === 'remove') return { op, path, ...(value === undefined || value === null ? {} : { value }) } as const
  // The library merges objects; a manager is replaced as a whole. A mere text is what its schema reads as well.
  const isWhole = path === `${enterpriseSchema}:manager` && isRecord(value)
  return {
    op: op === 'add' && !Array.isArray(value) && !isRecord(value) ? 'replace' : op,
    path,
    value: isWhole ? (value['value'] ?? null) : value,
  } as const
}
