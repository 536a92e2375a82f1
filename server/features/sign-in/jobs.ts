import { z } from 'zod'
import { OrganizationId } from '../../../protocol/ids.ts'
import type { Job, Tools } from '../../platform/feature.ts'
import { publicUrl } from '../../platform/server-settings.ts'
import { findReturned, noteOutcome, type Returned } from './attempt-store.ts'
import { discover, exchange, knowsClient, redirectUri } from './provider.ts'
import type { Claims } from './rules.ts'
import { findSource, noteChecked, type Source } from './store.ts'

const OfSource = z.object({ organizationId: OrganizationId })
const OfAttempt = z.object({ attemptId: z.uuid() })
const Begun = z.object({ verifier: z.string(), nonce: z.string(), state: z.string() })
const Answer = z.object({ code: z.string().optional(), error: z.string().optional(), iss: z.string().optional() })

const openSecret = (source: Source, { seal }: Pick<Tools, 'seal'>) =>
  source.secret === null ? undefined : seal.open(source.secret)

/** Asks a provider that was just set about itself, and notes what it said. */
export const checkSource: Job = {
  name: 'sign-in.check-source',
  async run(payload, tools) {
    const { database, settings, log } = tools
    const { organizationId } = OfSource.parse(payload)
    const source = await database.read((tx) => findSource(tx, organizationId))
    if (!source) return
    const { changedAt } = source
    const note = (metadata: object | null, fault: Source['fault']) =>
      database.transaction((tx) => noteChecked(tx, { organizationId, changedAt, metadata, fault }))
    try {
      const config = await discover({ ...source, secret: openSecret(source, tools) })
      const isKnown = await knowsClient(config, redirectUri(settings.get(publicUrl), organizationId))
      if (isKnown) await note(JSON.parse(JSON.stringify(config.serverMetadata())), null)
      else await note(null, 'client-unknown')
    } catch (error) {
      log.info({ ...reasonOf(error), issuer: source.issuer }, 'a provider of sign-ins cannot be used')
      await note(null, faultOf(error))
    }
  },
}

/** Not the error itself: what the provider answered may hold codes and tokens. */
const reasonOf = (error: unknown) => {
  const { message, code } = Object(error)
  return { reason: String(message), code: String(code ?? '') }
}

function faultOf(error: unknown): Source['fault'] {
  const code = String(Object(error).code)
  // `fetch` reports what it cannot reach as a TypeError.
  if (error instanceof TypeError || code === 'OAUTH_TIMEOUT' || code === 'OAUTH_ABORT') return 'unreachable'
  return code === 'OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED' ? 'named-otherwise' : 'unfit'
}

/** Looks at what somebody was sent back with. Once: a code is good for one exchange. */
export const exchangeCode: Job = {
  name: 'sign-in.exchange-code',
  async run(payload, tools) {
    const { database, seal, log } = tools
    const { attemptId } = OfAttempt.parse(payload)
    const returned = await database.read((tx) => findReturned(tx, attemptId))
    if (!returned) return
    const claims = await prove(returned, tools).catch((error: unknown) => {
      log.warn({ ...reasonOf(error), organizationId: returned.organizationId }, 'a sign-in at a provider failed')
      return undefined
    })
    const sealed = claims === undefined ? null : seal.seal(JSON.stringify(claims))
    await database.transaction((tx) => noteOutcome(tx, { attemptId, claims: sealed }))
  },
}

async function prove(returned: Returned, tools: Tools): Promise<Claims | undefined> {
  const { database, seal, settings } = tools
  const { organizationId, changedAt } = returned
  const source = await database.read((tx) => findSource(tx, organizationId))
  // What was begun with other settings was begun with another provider.
  if (source?.changedAt !== changedAt) return undefined
  return exchange({
    provider: { ...source, secret: openSecret(source, tools) },
    callback: redirectUri(settings.get(publicUrl), organizationId),
    answer: Answer.parse(JSON.parse(seal.open(returned.answer))),
    begun: Begun.parse(JSON.parse(seal.open(returned.secrets))),
  })
}
