import { ScanCode, ScannedCode, UseCode, UsedCode } from '../../../protocol/codes.ts'
import { command, personOf } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import { rulesOf } from '../contacts/index.ts'
import { sourceGroup } from '../identity/index.ts'
import { findOrganization } from '../organization/index.ts'
import { arrive, holdScanned, peekScanned } from './arrive.ts'
import { refuseScan, refuseUse } from './rules.ts'
import { countDay, countTraffic } from './store.ts'

/** A command, though one only looks: it counts. Whoever holds the code may ask; the code is the permission. */
export const scanCode = command({
  name: 'code.scan',
  summary: 'What a scanned code leads to: whose it is, what one joins, and who will know of it.',
  input: ScanCode,
  output: ScannedCode,

  allow: () => true,

  async run(ctx, { token }) {
    const { tx, now, source, actor } = ctx
    const { code, kind, subject, generation } = await peekScanned(ctx, token)
    const found = actor.kind === 'person' ? await kind.find(tx, subject, actor.personId) : undefined
    // Who is there already finds the way in and out by it, whatever has become of the code.
    const ended = found ? undefined : refuseUse(code, generation, now)
    if (ended) throw ended
    const traffic = await countTraffic(tx, { source: sourceGroup(source), scans: 1, guests: 0, now })
    const refusal = refuseScan(traffic)
    if (refusal) throw refusal
    const described = await kind.describe(tx, subject)
    const organization = await findOrganization(tx, code.organizationId)
    if (!described || !organization) throw new Refusal('scan.revoked')
    await countDay(tx, code.id, { scans: 1, joins: 0 }, now)
    const { name, accent, locale } = organization
    const standing = found ? ('in' as const) : ('out' as const)
    return {
      organization: { name, accent, locale },
      kind: kind.name,
      ...described,
      admitsAnonymous: (await rulesOf(tx, code.organizationId)).admitsAnonymous,
      standing: actor.kind === 'person' ? standing : ('nobody' as const),
      organizationId: found ? code.organizationId : null,
      conversationId: found?.conversationId ?? null,
    }
  },
})

export const useCode = command({
  name: 'code.use',
  summary: 'Come in by a scanned code, signed in. At once, nobody has to approve; twice is the same as once.',
  input: UseCode,
  output: UsedCode,

  lock: (ctx, { token }) => holdScanned(ctx, token),
  allow: (ctx) => ctx.actor.kind === 'person' || new Refusal('session.required'),
  run: (ctx, _input, scanned) => arrive(ctx, scanned, { personId: personOf(ctx), locale: 'en', address: null }),
})
