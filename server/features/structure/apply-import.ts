import type { z } from 'zod'
import { AppliedImport, ApplyImport } from '../../../protocol/structure.ts'
import { recordAct } from '../../platform/audit.ts'
import { command, type Context } from '../../platform/command.ts'
import { progress } from '../../platform/progress.ts'
import { Refusal } from '../../platform/refusal.ts'
import { isAdministratorAsking, lockOrganization } from '../organization/index.ts'
import { applyList, type ApplyStep } from './apply-list.ts'
import { actorIdOf, digestOf, IMPORT_BODY_BYTES, readFile } from './prepare-import.ts'

type Input = z.output<typeof ApplyImport>

export const applyImport = command({
  name: 'import.apply',
  summary: 'Apply an employee list as previewed: accounts, the chart and the groups, all or nothing.',
  input: ApplyImport,
  output: AppliedImport,
  over: 'http',
  bodyBytes: IMPORT_BODY_BYTES,

  lock: ({ tx }, { organizationId }) => lockOrganization(tx, organizationId),
  allow: isAdministratorAsking,

  async run(ctx, input, organization) {
    if (!organization) throw new Refusal('access.refused')
    const report = reporter(ctx, input)
    report('read', 0)
    const file = await readFile(input)
    await using list = file.list
    if (digestOf(file, input, organization) !== input.digest) throw new Refusal('import.changed')
    const { isComplete, skipFaulty, importId, digest } = input
    const beside = { organization, actorId: actorIdOf(ctx), isComplete, source: 'import' as const }
    const applied = await applyList(ctx, { list, beside, skipFaulty, report })
    recordAct(ctx, {
      organizationId: organization.id,
      act: 'import.applied',
      thingId: importId,
      facts: { ...applied, isComplete, digest },
    })
    report('commit', 0)
    return applied
  },
})

/** Where each step begins, of a hundred: about how long they take. */
const beginnings = { read: 0, compare: 5, accounts: 10, people: 20, groups: 40, commit: 95 } as const
const ends = { read: 5, compare: 10, accounts: 20, people: 40, groups: 95, commit: 100 } as const

function reporter(ctx: Context, { importId }: Input): (step: ApplyStep | 'read' | 'commit', share: number) => void {
  const owner = actorIdOf(ctx)
  return (step, share) => {
    const done = Math.floor(beginnings[step] + share * (ends[step] - beginnings[step]))
    progress.report(owner, { id: importId, step, done, total: 100 })
  }
}
