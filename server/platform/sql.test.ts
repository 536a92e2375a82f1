import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { openTestDatabase } from '../testing/database.ts'
import { announce } from './events.ts'

const storable = (text: string) => text.isWellFormed() && !text.includes('\0')

test('arrays of ids, texts, numbers and truths arrive as they were sent, with their gaps', async () => {
  await using place = await openTestDatabase()
  const texts = fc.array(fc.option(fc.string({ unit: 'grapheme' }).filter(storable)))
  const ids = fc.array(fc.option(fc.uuid()))
  const numbers = fc.array(fc.option(fc.maxSafeInteger()))
  const counts = fc.array(fc.option(fc.integer()))
  const truths = fc.array(fc.option(fc.boolean()))
  await fc.assert(
    fc.asyncProperty(
      texts,
      ids,
      numbers,
      counts,
      truths,
      async (someTexts, someIds, someNumbers, someCounts, someTruths) => {
        const [row] = await place.database.read(
          (tx) => tx`
          select to_json(${someTexts}::text[]) as texts, to_json(${someIds}::uuid[]) as ids,
                 to_json(${someNumbers}::bigint[]) as numbers, to_json(${someCounts}::int[]) as counts,
                 to_json(${someTruths}::boolean[]) as truths`,
        )
        assert.deepEqual(row, {
          texts: someTexts,
          ids: someIds,
          numbers: someNumbers,
          counts: someCounts,
          truths: someTruths,
        })
      },
    ),
    { numRuns: 100 },
  )
  const notAnId = place.database.read((tx) => tx`select ${['0123']}::uuid[]`)
  await assert.rejects(notAnId, /is no UUID/)
})

test('a transaction may announce more than a call takes arguments', async () => {
  await using place = await openTestDatabase()
  const many = Array.from({ length: 200_000 }, () => ({ topic: 'person:nobody', body: {} }))
  let heard = 0
  place.database.onCommitted((announcements) => void (heard += announcements.length))
  await place.database.transaction(async (tx) => announce(tx, many))
  assert.equal(heard, many.length)
})

test('a statement that nobody waits for takes its transaction with it when it fails', async () => {
  await using place = await openTestDatabase()
  const heard: unknown[] = []
  place.database.onCommitted((announcements) => heard.push(...announcements))
  await place.database.transaction((tx) => tx`create table kept (id int primary key)`)
  const failing = place.database.transactionAfterReading(async (tx) => {
    await tx`insert into kept values (1)`
    tx.announced.push({ topic: 'person:nobody', body: {} })
    tx.withCommit(tx`insert into kept values (1)`)
    return 'said to be done'
  })
  await assert.rejects(failing, /duplicate key/)
  const muffled = place.database.transaction(async (tx) => {
    await tx`insert into kept values (2), (2)`.catch(() => undefined)
  })
  await assert.rejects(muffled, /nobody has heard of it/)
  assert.deepEqual(await place.database.read((tx) => tx`select id from kept`), [])
  assert.deepEqual(heard, [])
})
