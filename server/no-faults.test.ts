import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import * as fc from 'fast-check'
import { features } from './all-features.ts'
import { startSession } from './features/identity/index.ts'
import type { Definition } from './platform/command.ts'
import { shapeOf } from './platform/query-input.ts'
import { makeCast, type Cast } from './testing/cast.ts'
import { openSite, type From, type Site } from './testing/site.ts'

/** Of each command, by each caller. */
const RUNS = 25
/** Long enough to pass for a token or a text, short enough to be made often. */
const TEXT_MAX = 120

let site: Site
let cast: Cast
let callers: From[]

before(async () => {
  site = await openSite(features)
  cast = await makeCast(site.database)
  callers = [{}, { token: site.operatorToken }, { token: await signIn() }]
})
after(() => site[Symbol.asyncDispose]())

async function signIn(): Promise<string> {
  const device = { name: 'Fuzz', class: 'desktop' } as const
  const { personId, actor } = cast.andrew
  const cookies = { browser: undefined, setBrowser: () => {}, setCookie: () => {} }
  const caller = { ...site, actor, now: site.clock(), source: '198.51.100.1', userAgent: '', ...cookies }
  const started = await site.database.transaction((tx) =>
    startSession({ ...caller, tx }, personId, { device, keep: 'token' }),
  )
  return 'token' in started && started.token ? started.token : assert.fail('no token was given')
}

for (const { name } of features.flatMap((feature) => feature.definitions)) {
  test(`nothing that is sent to ${name} is answered with a fault of ours`, async () => {
    const definition = site.executor.find(name) ?? assert.fail(`${name} is not there`)
    const run = async (input: object, caller: From) => {
      const { status, body } = await send(definition, input, caller)
      assert.ok(status < 500, `${status} for ${JSON.stringify(input)}: ${JSON.stringify(body)}`)
    }
    await fc.assert(fc.asyncProperty(inputs(definition), fc.constantFrom(...callers), run), { numRuns: RUNS })
  })
}

/** Queries get whatever a query string can say; commands whatever JSON can. */
async function send(definition: Definition, input: object, from: From) {
  if (definition.kind !== 'query') return site.ask(definition.name, input, from)
  const texts = Object.entries(input).map(([key, value]) => [
    key,
    typeof value === 'string' ? value : JSON.stringify(value),
  ])
  const defined = texts.filter(([, text]) => text !== undefined)
  return site.ask(definition.name, Object.fromEntries(defined), from)
}

/** From far off to what the schema lets through, with ids that exist and values that trouble databases. */
function inputs(definition: Definition): fc.Arbitrary<object> {
  const shape = shapeOf(definition.input, 'input')
  const { text, leaf, value, ids } = values()
  const names = Object.keys(shape.properties ?? {})
  const known = fc.record(Object.fromEntries(names.map((name) => [name, value])), { requiredKeys: [] })
  const whole = fc.record(Object.fromEntries(names.map((name) => [name, leaf])))
  const far = fc.dictionary(fc.string({ maxLength: 10 }), value, { maxKeys: 5 })
  return fc.oneof(
    { weight: 5, arbitrary: fitting(shape, { text, leaf, ids }) as fc.Arbitrary<object> },
    known,
    whole,
    far,
  )
}

function values() {
  const people = Object.values(cast).filter((one) => typeof one !== 'string')
  const known: string[] = [cast.organizationId, ...people.flatMap(({ personId, deviceId }) => [personId, deviceId])]
  const ids = fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...known) }, fc.uuid())
  const odd = [
    '',
    '\0',
    '\ud800',
    'a@b.example',
    '+14155550123',
    '12345678',
    '#2a5bd7',
    '9'.repeat(400),
    "';--",
    '%_\\',
  ]
  const text = fc.oneof(fc.string({ unit: 'binary', maxLength: TEXT_MAX }), fc.constantFrom(...odd))
  const number = fc.constantFrom(-1, 0, 1, 2 ** 31, Number.MAX_SAFE_INTEGER, 1e308, 0.5)
  const leaf = fc.oneof({ weight: 3, arbitrary: ids }, text, number, fc.boolean(), fc.constant(null))
  const value = fc.oneof(leaf, fc.array(leaf, { maxLength: 4 }), fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<unknown>)
  return { text, leaf, value, ids }
}

type Shape = ReturnType<typeof shapeOf>
type Leaves = { text: fc.Arbitrary<string>; leaf: fc.Arbitrary<unknown>; ids: fc.Arbitrary<string> }

/** Mostly what the schema wants, so that it gets past it. */
function fitting(shape: Shape | boolean | undefined, leaves: Leaves): fc.Arbitrary<unknown> {
  if (typeof shape !== 'object') return leaves.leaf
  if (shape.const !== undefined) return fc.constant(shape.const)
  if (shape.enum) return fc.constantFrom(...shape.enum)
  const branches = [...(shape.anyOf ?? []), ...(shape.oneOf ?? [])]
  if (branches.length > 0) return fc.oneof(...branches.map((branch) => fitting(branch, leaves)))
  if (shape.type === 'integer')
    return fc.integer({ min: numberOr(shape.minimum, 0), max: numberOr(shape.maximum, 1_000) })
  if (shape.type === 'boolean') return fc.boolean()
  if (shape.type === 'null') return fc.constant(null)
  if (shape.type === 'string') return shape.format === 'uuid' ? leaves.ids : leaves.text
  if (shape.type === 'array') return fc.array(fitting(firstOf(shape.items), leaves), { minLength: 1, maxLength: 3 })
  const fields = Object.entries(shape.properties ?? {}).map(([name, inner]) => [name, fitting(inner, leaves)] as const)
  return fc.record(Object.fromEntries(fields), { requiredKeys: shape.required ?? [] })
}

/** A limit far out is not worth the numbers up to it. */
const numberOr = (limit: number | undefined, otherwise: number) =>
  limit === undefined || Math.abs(limit) > 1_000_000 ? otherwise : limit
const firstOf = (items: Shape['items']): Shape | boolean | undefined => (Array.isArray(items) ? items[0] : items)
