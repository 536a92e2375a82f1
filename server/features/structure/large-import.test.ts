import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { test } from 'node:test'
import { v7 as uuidv7 } from 'uuid'
import type { ImportPreview } from '../../../protocol/structure.ts'
import { openWorld } from '../../testing/world.ts'
import { feature as conversations } from '../conversations/index.ts'
import { feature as dispatch } from '../dispatch/index.ts'
import { feature as identity } from '../identity/index.ts'
import { feature as organization } from '../organization/index.ts'
import { feature } from './index.ts'

const EMPLOYEES = 10_000
const REPORTS = 9

/** Nine report to each manager, so that more than 1,100 are managers. */
function makeList(skipped: ReadonlySet<number> = new Set()): string {
  const rows = Array.from({ length: EMPLOYEES }, (_, at) => {
    const manager = at === 0 ? '' : `E${Math.floor((at - 1) / REPORTS)}`
    return `E${at},"Person ${at}, Jr.",person.${at}@large.example,Specialist ${at % 50},"Town ${at % 97}",${manager}`
  })
  return ['id,name,email,title,city,manager', ...rows.filter((_, at) => !skipped.has(at))].join('\r\n')
}

test('G1-02 10,000 employees are previewed, imported, imported again and joined by others; the times are printed', async (t) => {
  await using world = await openWorld([dispatch, identity, organization, conversations, feature])
  const { organizationId } = world.cast
  const ask = async <T>(command: string, input: object) => {
    const asking = { actor: world.cast.andrew.actor, source: '127.0.0.1', transport: 'http' } as const
    const begin = performance.now()
    const output = (await world.executor.execute(command, input, asking)) as T
    return { output, ms: performance.now() - begin }
  }
  const run = async (list: string) => {
    const file = { organizationId, fileName: 'large.csv', content: Buffer.from(list).toString('base64') }
    const pauses = monitorEventLoopDelay({ resolution: 5 })
    pauses.enable()
    const preview = await ask<ImportPreview>('import.preview', file)
    pauses.disable()
    const { digest } = preview.output
    const applied = await ask<Record<string, number>>('import.apply', { ...file, importId: randomUUID(), digest })
    t.diagnostic(
      `preview ${Math.round(preview.ms)} ms with a pause of ${Math.round(pauses.max / 1e6)} ms for others, ` +
        `apply ${Math.round(applied.ms)} ms`,
    )
    return { preview, applied }
  }

  const first = await run(makeList())
  assert.equal(first.applied.output['created'], EMPLOYEES)

  const again = await run(makeList())
  assert.deepEqual(again.preview.output.counts, {
    created: 0,
    changed: 0,
    deactivated: 0,
    unchanged: EMPLOYEES,
    faulty: 0,
  })

  const leavers = await run(makeList(new Set([EMPLOYEES - 1, EMPLOYEES - 2])))
  assert.equal(leavers.applied.output['deactivated'], 2)

  const begin = performance.now()
  await world.ask('andrew', 'member.add', { organizationId, name: 'Zoe', address: `zoe.${uuidv7()}@large.example` })
  t.diagnostic(`one more person ${Math.round(performance.now() - begin)} ms`)
})
