import { canonicalPath } from './patch.ts'
import { isRecord } from './is-record.ts'
import { enterpriseSchema, userSchema } from './resource.ts'

/** Which attributes an answer shall hold; from `attributes` or `excludedAttributes`. */
export type Projection = (resource: Record<string, unknown>) => Record<string, unknown>

const always = new Set(['id', 'schemas'])

/** RFC 7644, 3.9. */
export function readProjection(query: { attributes?: string | undefined; excludedAttributes?: string | undefined }) {
  const wanted = pathsIn(query.attributes)
  const unwanted = pathsIn(query.excludedAttributes)
  const isWanted = (name: string) => wanted.length === 0 || wanted.includes(name)
  const isUnwanted = (name: string) => unwanted.includes(name)
  const project: Projection = (resource) => {
    const shown: Record<string, unknown> = {}
    for (const [name, value] of Object.entries(resource)) {
      if (always.has(name)) shown[name] = value
      else {
        const parts = projectOne(name, value, { wanted, unwanted })
        if (parts !== undefined) shown[name] = parts
      }
    }
    return shown
  }
  return { project, shows: (name: string) => isWanted(name) && !isUnwanted(name) }
}

type Paths = { wanted: readonly string[]; unwanted: readonly string[] }

function projectOne(name: string, value: unknown, { wanted, unwanted }: Paths): unknown {
  if (unwanted.includes(name)) return undefined
  const separator = name === enterpriseSchema ? ':' : '.'
  const inner = (paths: readonly string[]) =>
    paths.filter((path) => path.startsWith(name + separator)).map((path) => path.slice(name.length + 1))
  const [only, without] = [inner(wanted), inner(unwanted)]
  if (wanted.length > 0 && !wanted.includes(name) && only.length === 0) return undefined
  if ((wanted.length === 0 || wanted.includes(name)) && without.length === 0) return value
  const keep = (object: Record<string, unknown>) =>
    Object.fromEntries(
      Object.entries(object).filter(
        ([part]) =>
          !without.includes(part) &&
          (only.length === 0 || wanted.includes(name) || only.some((path) => path.split('.')[0] === part)),
      ),
    )
  if (Array.isArray(value)) return value.map((one: unknown) => (isRecord(one) ? keep(one) : one))
  return isRecord(value) ? keep(value) : value
}

const pathsIn = (text: string | undefined) =>
  (text ?? '')
    .split(',')
    .map((path) => path.trim())
    .filter((path) => path !== '' && path.toLowerCase() !== userSchema.toLowerCase())
    .map(canonicalPath)
