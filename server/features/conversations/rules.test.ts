import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { PostMessage } from '../../../protocol/conversations.ts'
import { AudienceId, ConversationId, OrganizationId, PersonId } from '../../../protocol/ids.ts'
import { Refusal } from '../../platform/refusal.ts'
import { admit, mayPost, type Audience, type Post, type StoredMessage } from './rules.ts'

const idOf = (digit: number) => `${String(digit).repeat(8)}-1111-4111-8111-111111111111`
const people = [1, 2, 3].map((digit) => PersonId.parse(idOf(digit)))
const organizationId = OrganizationId.parse(idOf(9))
const audiences = new Map(
  [4, 5, 6].map((digit, index) => {
    const id = AudienceId.parse(idOf(digit))
    // The second is a narrower audience of the first's conversation; the third is closed.
    const firstId = index === 1 ? AudienceId.parse(idOf(4)) : id
    const audience: Audience = {
      id,
      firstId,
      organizationId,
      conversationId: ConversationId.parse(idOf(index === 1 ? 4 : digit)),
      isOneWay: false,
      lastNumber: 9,
      lastMessageNumber: 7,
      version: 3,
      lastPostedAt: '2026-05-14T09:00:00.000000Z',
      closedAt: index === 2 ? '2026-05-14T09:00:00.000000Z' : null,
    }
    return [id, audience] as const
  }),
)
const now = new Date('2026-05-14T09:00:00.000Z')

const posts = fc.array(
  fc.record({
    actorId: fc.constantFrom(...people),
    audienceId: fc.constantFrom(...audiences.keys()),
    id: fc.integer({ min: 1, max: 4 }).map(idOf),
    text: fc.constantFrom('one', 'two'),
    replyTo: fc.constantFrom(undefined, 3, 99),
  }),
  { maxLength: 40 },
)
const toPost = ({
  actorId,
  replyTo,
  text,
  ...input
}: {
  actorId: PersonId
  replyTo: number | undefined
  text: string
  audienceId: string
  id: string
}): Post => ({
  actorId,
  input: PostMessage.parse({
    organizationId,
    ...input,
    parts: [{ type: 'text', text }],
    ...(replyTo ? { replyTo } : {}),
  }),
})
const replied = new Set(Array.from(audiences.keys(), (id) => `${id} 3`))
const keyOf = ({ actorId, input }: Post) => `${input.audienceId} ${actorId} ${input.id}`
const run = (batch: readonly Post[], posted: readonly StoredMessage[] = []) =>
  admit(batch, { audiences, posted, replied, now })

describe('admitting a batch of posts', () => {
  test('numbers are dense in every audience, and sort times rise in every conversation', () => {
    fc.assert(
      fc.property(posts, (some) => {
        const { fresh, heads } = run(some.map(toPost))
        for (const [id, { firstId }] of audiences) {
          const mine = fresh.filter(({ message }) => message.audienceId === id).map(({ message }) => message)
          assert.deepEqual(
            mine.map(({ number }) => number),
            mine.map((_, index) => 10 + index),
          )
          assert.deepEqual(
            mine.map(({ messageNumber }) => messageNumber),
            mine.map((_, index) => 8 + index),
          )
          if (mine.length > 0) assert.equal(heads.find((head) => head.id === id)?.lastId, mine.at(-1)?.id)
          const times = fresh
            .filter(({ message }) => audiences.get(message.audienceId)?.firstId === firstId)
            .map(({ message }) => message.postedAt)
          assert.deepEqual(times, Array.from(new Set(times)).toSorted())
        }
      }),
    )
  })

  test('one key is stored once; the same content is answered alike, another content is refused', () => {
    fc.assert(
      fc.property(posts, (some) => {
        const batch = some.map(toPost)
        const { fresh, answers } = run(batch)
        assert.equal(
          new Set(fresh.map(({ message }) => `${message.audienceId} ${message.authorId} ${message.id}`)).size,
          fresh.length,
        )
        batch.forEach((post, index) => {
          const answer = answers[index]
          const stored = fresh.find(
            ({ message }) => `${message.audienceId} ${message.authorId} ${message.id}` === keyOf(post),
          )
          if (!stored) return assert.ok(answer instanceof Refusal)
          if (answer instanceof Refusal)
            return assert.ok(['message.id-taken', 'message.not-found'].includes(answer.code))
          assert.equal(answer, stored.message)
          assert.deepEqual([answer?.parts, answer?.replyTo], [post.input.parts, post.input.replyTo])
        })
      }),
    )
  })

  test('a batch that is sent again, whole, stores nothing and gets the same answers', () => {
    fc.assert(
      fc.property(posts, (some) => {
        const batch = some.map(toPost)
        const first = run(batch)
        const again = run(batch, first.fresh)
        assert.deepEqual(again.fresh, [])
        first.answers.forEach((answer, index) => {
          if (!(answer instanceof Refusal)) assert.deepEqual(again.answers[index], answer)
        })
      }),
    )
  })

  test('a closed conversation and an unknown answered message are refused', () => {
    const [person] = people
    const [open, , closed] = audiences.keys()
    assert.ok(person && open && closed)
    const post = (audienceId: string, replyTo?: number) =>
      toPost({ actorId: person, audienceId, id: idOf(1), text: 'hi', replyTo })
    const codeOf = ({ answers: [answer] }: ReturnType<typeof run>) => answer instanceof Refusal && answer.code
    assert.equal(codeOf(run([post(closed)])), 'conversation.closed')
    assert.equal(codeOf(run([post(open, 99)])), 'message.not-found')
  })

  test('G3-01 only owners write into a one-way audience', () => {
    assert.equal(mayPost('owner', true), true)
    assert.ok(mayPost('member', true) instanceof Refusal)
    assert.deepEqual([mayPost('member', false), mayPost(null, false), mayPost(null, true)], [true, false, false])
  })
})
