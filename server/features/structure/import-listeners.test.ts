import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import type { ConversationView } from '../../../protocol/conversations.ts'
import type { ImportPreview } from '../../../protocol/structure.ts'
import type { Actor } from '../../platform/command.ts'
import { progress } from '../../platform/progress.ts'
import { Refusal } from '../../platform/refusal.ts'
import { openWorld, type World } from '../../testing/world.ts'
import { feature as conversations } from '../conversations/index.ts'
import { feature as dispatch } from '../dispatch/index.ts'
import { feature as identity } from '../identity/index.ts'
import { feature as organization } from '../organization/index.ts'
import { feature } from './index.ts'

let world: World
before(async () => {
  world = await openWorld([dispatch, identity, organization, conversations, feature])
})
after(() => world[Symbol.asyncDispose]())

async function ask<T>(command: string, input: object, actor: Actor): Promise<T> {
  return (await world.executor.execute(command, input, { actor, source: '127.0.0.1', transport: 'http' })) as T
}
const refuse = (work: Promise<unknown>, code: string) =>
  assert.rejects(work, (error) => error instanceof Refusal && error.code === code)

const family = ['1,Ann,ann@family.example,', '2,Bob,bob@family.example,1']
function fileOf(organizationId: string, rows: readonly string[], more: object = {}) {
  const content = Buffer.from(['id,name,email,manager', ...rows].join('\n')).toString('base64')
  return { organizationId, fileName: 'employees.csv', content, ...more }
}

test('G0-03 only administrators import, and see what an import would do', async () => {
  const { organizationId, nancy, andrew, outsider } = world.cast
  for (const { actor } of [nancy, outsider]) {
    await refuse(ask('import.preview', fileOf(organizationId, family), actor), 'access.refused')
    const input = { ...fileOf(organizationId, family), importId: randomUUID(), digest: 'x' }
    await refuse(ask('import.apply', input, actor), 'access.refused')
  }
  const shown = await ask<ImportPreview>(
    'import.preview',
    fileOf(organizationId, family, { isComplete: false }),
    andrew.actor,
  )
  assert.equal(shown.counts.created, 2)
})

test('whoever imports is told how far it has come, and nobody else can ask', async () => {
  const { organizationId, andrew, nancy } = world.cast
  const importId = randomUUID()
  const heard: number[] = []
  const stop = progress.onReport((personId, { id, done }) => {
    if (personId === andrew.personId && id === importId) heard.push(done)
  })
  const file = fileOf(organizationId, family, { isComplete: false })
  const { digest } = await ask<ImportPreview>('import.preview', file, andrew.actor)
  await ask('import.apply', { ...file, importId, digest }, andrew.actor)
  stop()
  assert.ok(heard.length > 4)
  assert.deepEqual(
    heard,
    heard.toSorted((one, other) => one - other),
  )
  assert.ok((await ask<{ progress: object | null }>('import.progress', { importId }, andrew.actor)).progress)
  assert.deepEqual(await ask('import.progress', { importId }, nancy.actor), { progress: null })
})

test('after an import everybody who listens knows what a fresh snapshot says', async () => {
  const { organizationId, andrew } = world.cast
  const rows = [
    'a,andrew,andrew@northwind.example,',
    'n,nancy,nancy@northwind.example,j',
    'j,janet,janet@northwind.example,a',
    'r,robert,robert@northwind.example,s',
    's,steven,steven@northwind.example,a',
  ]
  const file = fileOf(organizationId, rows, { isComplete: false })
  const { digest } = await ask<ImportPreview>('import.preview', file, andrew.actor)
  await ask('import.apply', { ...file, importId: randomUUID(), digest }, andrew.actor)
  await world.act('andrew', 'organization.get', { organizationId })
  const { conversations: seen } = (await world.ask('nancy', 'conversation.list', { organizationId })) as {
    conversations: ConversationView[]
  }
  assert.ok(seen.some(({ name }) => name === 'janet’s team'))
})
