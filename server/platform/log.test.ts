import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Client } from 'pg'
import { openEmptyDatabase } from '../testing/database.ts'
import { createLog, readableLine } from './log.ts'

function openLog() {
  const lines: string[] = []
  return { log: createLog('trace', { write: (line: string) => void lines.push(line) }), lines }
}

test('what opens a door, and what people write, never reaches the log', () => {
  const { log, lines } = openLog()
  const secret = 'between-us'
  log.info({ token: secret, code: secret, parts: [{ text: secret }] }, 'flat')
  log.warn({ request: { headers: { cookie: secret, authorization: secret } }, message: { body: secret } }, 'deep')
  assert.equal(lines.length, 2)
  assert.doesNotMatch(lines.join(''), /between-us/)
})

test('a fault of the database is logged by its state and place, without the values it quotes', async () => {
  const { log, lines } = openLog()
  await using empty = await openEmptyDatabase()
  const client = new Client({ connectionString: empty.url })
  await client.connect()
  await client.query('create table note (text text constraint note_once unique)')
  await client.query('insert into note values ($1)', ['between-us'])
  const again = client.query('insert into note values ($1)', ['between-us'])
  await again.catch((cause: unknown) => log.error({ err: new Error('not stored', { cause }) }, 'request failed'))
  const cast = client.query('select $1::text::uuid', ['between-us'])
  await cast.catch((error: unknown) => log.error({ error }, 'request failed'))
  await client.end()
  const [first = '', second = ''] = lines
  assert.match(first, /"constraint":"note_once"/)
  assert.match(first, /"state":"23505"/)
  assert.match(second, /invalid input syntax for type uuid/)
  assert.doesNotMatch(lines.join(''), /between-us/)
})

test('on a terminal a line is for people', () => {
  const { log, lines } = openLog()
  log.child({ job: 'dispatch.send' }).warn({ attempt: 2 }, 'job failed')
  assert.match(
    readableLine(lines[0] ?? ''),
    /^\d\d:\d\d:\d\d WARN {2}job failed \{"job":"dispatch.send","attempt":2\}$/,
  )
})
