import type { z } from 'zod'
import {
  Code,
  CodeList,
  CodeStatistics,
  CreateCode,
  GetCodeStatistics,
  ListCodes,
  OneCode,
} from '../../../protocol/codes.ts'
import { Nothing } from '../../../protocol/conversations.ts'
import { limits } from '../../../protocol/limits.ts'
import { recordAct } from '../../platform/audit.ts'
import { command, personOf, query, type Allowed, type Context } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import { publicUrl } from '../../platform/server-settings.ts'
import { lockOrganization } from '../organization/index.ts'
import { findKind } from './kinds.ts'
import { stateOf } from './rules.ts'
import * as store from './store.ts'
import { GENERATIONS_MAX, tokenOf } from './token.ts'

type Of = z.output<typeof ListCodes>
type Numbered = z.output<typeof OneCode>

export const createCode = command({
  name: 'code.create',
  summary:
    'Make a machine-readable code that leads to oneself or into a group one owns; one for each place, so that what ' +
    'came from where can be counted.',
  input: CreateCode,
  output: Code,

  async lock(ctx, of) {
    await lockOrganization(ctx.tx, of.organizationId)
    if (ctx.actor.kind === 'person') await findKind(of.kind)?.lock?.(ctx, of)
  },
  allow: allowKeeping,

  async run(ctx, { codeId: id, ...input }) {
    const { organizationId, kind, subjectId, place, expiresAt, usesMax } = input
    const createdBy = personOf(ctx)
    const existing = await store.findCode(ctx.tx, id)
    const isSame = existing && existing.createdBy === createdBy && existing.subjectId === subjectId
    if (existing && !isSame) throw new Refusal('access.refused')
    if (!existing) {
      if (expiresAt !== null && Date.parse(expiresAt) <= ctx.now.getTime())
        throw new Refusal('input.invalid', { message: 'Must lie in the future.', path: 'expiresAt' })
      if ((await store.countActive(ctx.tx, input)) >= limits.codesPerSubject) throw new Refusal('scan.limit-reached')
      const code = { id, organizationId, kind, subjectId, place, expiresAt, usesMax, createdBy }
      if (!(await store.insertCode(ctx.tx, code, ctx.now))) throw new Refusal('scan.place-taken', { path: 'place' })
      recordAct(ctx, { organizationId, act: 'code.created', thingId: id, facts: { kind, subjectId } })
    }
    return codeAfter(ctx, { organizationId, codeId: id })
  },
})

/** More than are in use at once: revoked ones keep their counts. */
const LISTED_MAX = 500

export const listCodes = query({
  name: 'code.list',
  summary: 'The codes of oneself or of a group one owns, with how many came by them; at most 500, revoked ones last.',
  input: ListCodes,
  output: CodeList,
  allow: allowKeeping,
  run: async (ctx, of) => ({
    codes: (await store.listCodes(ctx.tx, of, LISTED_MAX)).map((row) => toCode(ctx, row)),
  }),
})

export const rotateCode = command({
  name: 'code.rotate',
  summary: 'Exchange a code: pictures that hang somewhere are worth nothing from now on, its counts go on.',
  input: OneCode,
  output: Code,
  lock: lockOne,
  allow: allowOne,

  async run(ctx, one, code) {
    if (!code || code.revokedAt !== null) throw new Refusal('scan.revoked')
    if (code.generation >= GENERATIONS_MAX) throw new Refusal('scan.limit-reached')
    await store.rotateCode(ctx.tx, code.id)
    recordAct(ctx, { organizationId: one.organizationId, act: 'code.rotated', thingId: code.id })
    return codeAfter(ctx, one)
  },
})

export const revokeCode = command({
  name: 'code.revoke',
  summary: 'End a code. Who has come by it stays.',
  input: OneCode,
  output: Nothing,
  lock: lockOne,
  allow: allowOne,

  async run(ctx, { organizationId, codeId }) {
    await store.revokeCode(ctx.tx, codeId, ctx.now)
    recordAct(ctx, { organizationId, act: 'code.revoked', thingId: codeId })
    return {}
  },
})

export const getCodeStatistics = query({
  name: 'code.statistics',
  summary: 'How many looked at a code and how many came in by it, day by day.',
  input: GetCodeStatistics,
  output: CodeStatistics,
  allow: async (ctx, one) => allowOne(ctx, one, await store.findCode(ctx.tx, one.codeId)),
  run: async (ctx, { codeId, days }) => ({ days: await store.listDays(ctx.tx, codeId, { days, now: ctx.now }) }),
})

async function allowKeeping(ctx: Context, { organizationId, kind, subjectId }: Of): Promise<Allowed> {
  if (ctx.actor.kind !== 'person') return false
  return (await findKind(kind)?.mayKeep(ctx, { organizationId, subjectId })) ?? false
}

async function lockOne(ctx: Context, { organizationId, codeId }: Numbered) {
  await lockOrganization(ctx.tx, organizationId)
  const code = await store.lockCode(ctx.tx, codeId)
  const isTheirs = code?.organizationId === organizationId && ctx.actor.kind === 'person'
  if (isTheirs) await findKind(code.kind)?.lock?.(ctx, code)
  return code
}

async function allowOne(ctx: Context, { organizationId }: Numbered, code: store.CodeRow | undefined): Promise<Allowed> {
  if (!code || code.organizationId !== organizationId) return false
  return allowKeeping(ctx, code)
}

async function codeAfter(ctx: Context, { codeId }: Numbered): Promise<Code> {
  const code = await store.findCode(ctx.tx, codeId)
  const row = code && (await store.listCodes(ctx.tx, code, LISTED_MAX)).find(({ id }) => id === codeId)
  if (!row) throw new Refusal('access.refused')
  return toCode(ctx, row)
}

function toCode({ seal, settings, now }: Pick<Context, 'seal' | 'settings' | 'now'>, row: store.CountedCode): Code {
  const { organizationId: _organization, generation: _generation, createdBy: _by, revokedAt: _at, ...code } = row
  const token = tokenOf(seal, row)
  const home = settings.get(publicUrl)
  return { ...code, state: stateOf(row, now), url: `${home}/c/${token}`, picture: `/qr/${token}.svg` }
}
