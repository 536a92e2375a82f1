import { z } from 'zod'
import { Refusal } from './refusal.ts'

type Shape = z.core.JSONSchema.JSONSchema
/** Turns `?limit=20&search=ann` into the input of a query. */
export type ReadQuery = (search: string) => Record<string, unknown>

/** A query string knows only texts; the command's own schema says what each of them means. */
export function createReadQuery(input: z.ZodType): ReadQuery {
  let properties: Map<string, Shape> | undefined
  return (search) => {
    properties ??= propertiesOf(input)
    const values = new Map<string, string[]>()
    for (const [name, value] of new URLSearchParams(search)) values.set(name, [...(values.get(name) ?? []), value])
    return Object.fromEntries(
      Array.from(values, ([name, texts]) => [name, convert(name, texts, properties?.get(name))]),
    )
  }
}

export function shapeOf(schema: z.ZodType, io: 'input' | 'output'): Shape {
  return z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Shape // a schema object, never just true or false
}

function propertiesOf(input: z.ZodType): Map<string, Shape> {
  const properties = Object.entries(shapeOf(input, 'input').properties ?? {})
  return new Map(properties.map(([name, shape]) => [name, typeof shape === 'boolean' ? {} : shape]))
}

function convert(name: string, texts: readonly string[], shape: Shape | undefined): unknown {
  if (shape?.type === 'array') {
    const items = Array.isArray(shape.items) || typeof shape.items === 'boolean' ? undefined : shape.items
    return texts.flatMap((text) => text.split(',')).map((text) => convertOne(text, items))
  }
  const [text = '', ...more] = texts
  if (more.length > 0)
    throw new Refusal('input.invalid', { message: 'Given more than once.', path: name.slice(0, 200) })
  return convertOne(text, shape)
}

/** What does not fit stays as it is; the command's schema then names the fault. */
function convertOne(text: string, shape: Shape | undefined): unknown {
  const types = typesOf(shape)
  if (types.length === 0) return text
  if (text === 'null' && types.includes('null')) return null
  if (types.includes('boolean') && /^(true|false)$/.test(text)) return text === 'true'
  if ((types.includes('number') || types.includes('integer')) && /^-?\d+(\.\d+)?$/.test(text)) return Number(text)
  if (types.includes('string')) return text
  if (!types.includes('object') && !types.includes('array')) return text
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function typesOf(shape: Shape | undefined): string[] {
  if (shape === undefined) return []
  const branches = [...(shape.anyOf ?? []), ...(shape.oneOf ?? []), ...(shape.allOf ?? [])]
  return [
    ...[shape.type ?? []].flat(),
    ...branches.flatMap((branch) => (typeof branch === 'boolean' ? [] : typesOf(branch))),
  ]
}
