import type { z } from 'zod'
import { errors } from '../../protocol/errors.ts'
import { limits } from '../../protocol/limits.ts'
import { SESSION_COOKIE } from './caller.ts'
import type { Definition } from './command.ts'
import { methodOf } from './http-commands.ts'
import { shapeOf } from './query-input.ts'

export type ApiDescription = {
  openapi: '3.1.0'
  info: { title: string; version: string; description: string; license: { name: string; identifier: string } }
  servers: { url: string }[]
  tags: { name: string }[]
  paths: Record<string, Record<string, object>>
  components: object
}

/** OpenAPI 3.1, from the same schemas that check the requests. */
export function describeApi(definitions: readonly Definition[], version: string): ApiDescription {
  const overHttp = definitions.filter(({ over }) => over !== 'websocket')
  return {
    openapi: '3.1.0',
    info: { title: 'Shoptalk', version, description, license: { name: 'Apache 2.0', identifier: 'Apache-2.0' } },
    servers: [{ url: '/' }],
    tags: Array.from(new Set(overHttp.map(nounOf)), (name) => ({ name })),
    paths: Object.fromEntries(overHttp.map((definition) => [`/v1/${definition.name}`, describeOne(definition)])),
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer' },
        session: { type: 'apiKey', in: 'cookie', name: SESSION_COOKIE },
      },
      schemas: { Error: errorShape },
      responses: Object.fromEntries(statuses.map((status) => [responseName(status), describeRefusal(status)])),
    },
  }
}

const description = `Commands are sent with POST and a JSON body of at most ${limits.bodyBytes} bytes, unless they say
otherwise; queries are asked with GET. The same commands go over the WebSocket at \`/v1/socket\` as
\`{"id": 1, "do": "message.post", "with": {…}}\`. Ids that a client chooses are UUIDs of version 7: sending the same
twice is the same as sending it once. Every answer carries its request's id in \`x-request-id\`.`

const nounOf = ({ name }: Definition) => name.split('.', 1)[0] ?? name

function describeOne(definition: Definition): Record<string, object> {
  const { name, summary, input, output, kind, bodyBytes } = definition
  const size = bodyBytes === undefined ? {} : { description: `The body may have ${bodyBytes} bytes.` }
  return {
    [methodOf(definition).toLowerCase()]: {
      operationId: name,
      tags: [nounOf(definition)],
      summary,
      ...size,
      security: [{ token: [] }, { session: [] }, {}],
      ...(kind === 'query'
        ? { parameters: parametersOf(input) }
        : { requestBody: { required: true, content: { 'application/json': { schema: shapeOf(input, 'input') } } } }),
      responses: {
        200: { description: 'Done.', content: { 'application/json': { schema: shapeOf(output, 'output') } } },
        ...Object.fromEntries(
          statuses.map((status) => [status, { $ref: `#/components/responses/${responseName(status)}` }]),
        ),
      },
    },
  }
}

function parametersOf(input: z.ZodType): object[] {
  const { properties = {}, required = [] } = shapeOf(input, 'input')
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema,
  }))
}

const codes = Object.entries(errors)
const statuses = Array.from(new Set(codes.map(([, { status }]) => status))).toSorted((one, other) => one - other)
const responseName = (status: number) => `Refused${status}`

function describeRefusal(status: number): object {
  const described = codes
    .filter(([, error]) => error.status === status)
    .map(([code, { message }]) => `- \`${code}\`: ${message}`)
  return {
    description: described.join('\n'),
    content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
  }
}

const errorShape = {
  type: 'object',
  required: ['code', 'message'],
  properties: {
    code: { enum: codes.map(([code]) => code), description: 'What clients decide by.' },
    message: { type: 'string', description: 'The same in English.' },
    path: { type: 'string', description: 'Leads to the fault in the input: `parts.0.text`.' },
    retryAfterMs: { type: 'integer', description: 'Milliseconds to wait before trying again.' },
    details: { type: 'object', description: 'What a program may want to know, such as when a coupon was used.' },
    requestId: { type: 'string', description: 'Under which the server logged it.' },
  },
}
