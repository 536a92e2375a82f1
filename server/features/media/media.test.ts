import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { mkdir, readdir, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { dirname, join } from 'node:path'
import { after, before, test } from 'node:test'
import sharp from 'sharp'
import { v7 as uuidv7 } from 'uuid'
import type { Code, JoinedByCode } from '../../../protocol/codes.ts'
import type { ConversationView, Message } from '../../../protocol/conversations.ts'
import type { ErrorBody } from '../../../protocol/errors.ts'
import type { NarrowedAudience } from '../../../protocol/groups.ts'
import { limits } from '../../../protocol/limits.ts'
import type { z } from 'zod'
import { until } from '../../../e2e/support/until.ts'
import type { Name } from '../../testing/cast.ts'
import { openMediaStage, type MediaStage, type Token } from '../../testing/media-stage.ts'
import { bomb, canvas, frame, photo, video } from '../../testing/sample-media.ts'
import { testDevice } from '../../testing/sign-in.ts'
import { feature } from './index.ts'

const HOUR_MS = 3_600_000
let stage: MediaStage
const by = {} as Record<Name, Token>
let inside: { organizationId: string }

before(async () => {
  stage = await openMediaStage()
  inside = { organizationId: stage.cast.organizationId }
  for (const name of ['andrew', 'nancy', 'janet', 'robert', 'steven', 'outsider'] as const)
    by[name] = await stage.signIn(stage.cast[name].personId)
})
after(() => stage[Symbol.asyncDispose]())

const act = <T>(name: Token, command: string, input: object) =>
  stage.site.act<T>(command, { ...inside, ...input }, name)
const refuse = (name: Token, command: string, input: object) =>
  stage.site.refuse(command, { ...inside, ...input }, name).then(({ code }) => code)
const idsOf = (names: readonly Name[]) => names.map((name) => stage.cast[name].personId)
const makeGroup = (kind: 'group' | 'broadcast', names: readonly Name[], more: object = {}) => {
  const input = { conversationId: uuidv7(), kind, name: 'News', personIds: idsOf(names), ...more }
  return act<ConversationView>(by.andrew, 'conversation.create', input)
}
const audienceOf = ({ audiences }: ConversationView) => String(audiences[0]?.id)
const post = (who: Token, audienceId: string, ...parts: object[]) =>
  act<Message>(who, 'message.post', { audienceId, id: uuidv7(), parts })
const load = (who: Token, mediaId: string, variant = 'original', headers: Record<string, string> = {}) =>
  stage.call('GET', `/${mediaId}/${variant}`, { ...who, headers })
const statusOf = async (who: Token, mediaId: string) => {
  const response = await load(who, mediaId)
  await response.arrayBuffer()
  return response.status
}
const bytesOf = async (response: Response) => Buffer.from(await response.arrayBuffer())
const codeOf = async (response: Response) => [response.status, ((await response.json()) as ErrorBody).code]
const picture = async (who: Token) => stage.part(who, await photo(), { name: 'Photo.jpg', type: 'image/jpeg' })

type Joined = Exclude<JoinedByCode, { pairing: unknown }>
async function joinByCode(view: ConversationView): Promise<Token> {
  const code = { kind: 'group', subjectId: view.id, codeId: uuidv7(), place: uuidv7() }
  const { url } = await act<Code>(by.andrew, 'code.create', code)
  const token = url.slice(url.lastIndexOf('/') + 1)
  const { token: session = '' } = await stage.site.act<Joined>('code.join-anonymously', {
    token,
    device: testDevice,
    keep: 'token',
  })
  return { token: session }
}

test('G13-07 an owner sends a picture, a video and a file to those who joined by a code, and each loads them', async () => {
  await act(by.andrew, 'outsider-rules.change', { admitsAnonymous: true })
  const shop = await makeGroup('broadcast', ['nancy'])
  const guests = [await joinByCode(shop), await joinByCode(shop)]
  const [shown, film, list] = await Promise.all([
    picture(by.andrew),
    stage.part(by.andrew, video(), { name: 'Tour.mp4', type: 'video/mp4' }),
    stage.part(by.andrew, Buffer.from('<script>alert(1)</script>'), { name: 'Prices "now".html', type: 'text/html' }),
  ])
  const described = { ...shown, description: 'The new shop' }
  const message = await post(by.andrew, audienceOf(shop), { type: 'text', text: 'We moved' }, described, film, list)
  assert.deepEqual(message.parts.slice(1), [described, film, list])
  for (const guest of guests) {
    const seen = await act<{ messages: Message[] }>(guest, 'message.history', { audienceId: audienceOf(shop) })
    assert.deepEqual(seen.messages.at(-1)?.parts.slice(1), [described, film, list])
    const preview = await load(guest, shown.mediaId, 'preview')
    assert.equal(preview.headers.get('content-type'), 'image/webp')
    const { width, height } = await sharp(await bytesOf(preview)).metadata()
    assert.deepEqual([width, height], [640, 960])
    const original = await load(guest, shown.mediaId)
    assert.deepEqual([original.status, original.headers.get('content-type')], [200, 'image/jpeg'])
    assert.equal((await bytesOf(original)).length, shown.bytes)
    assert.deepEqual(await bytesOf(await load(guest, film.mediaId)), video())
    assert.equal((await load(guest, film.mediaId, 'preview')).status, 404)
    const file = await load(guest, list.mediaId)
    assert.equal(file.headers.get('content-disposition')?.split(';')[0], 'attachment')
    assert.equal(file.headers.get('content-type'), 'application/octet-stream')
    assert.equal(file.headers.get('content-security-policy'), 'sandbox')
    assert.equal(file.headers.get('x-content-type-options'), 'nosniff')
    assert.match(file.headers.get('cache-control') ?? '', /^private/)
    await file.arrayBuffer()
  }
})

test('G13-07 whoever does not see a message finds nothing behind its pictures', async () => {
  const { mediaId, ...shown } = await picture(by.andrew)
  const closedTo = async (who: Partial<Record<Name, Token>>) => {
    for (const [name, token] of Object.entries(who)) assert.equal(await statusOf(token, mediaId), 404, name)
  }
  const { andrew, nancy, janet, robert, steven, outsider } = by
  await closedTo({ nancy, janet, robert, steven, outsider })
  assert.equal(await statusOf(andrew, mediaId), 200)

  const news = await makeGroup('broadcast', ['nancy', 'janet', 'robert'])
  const selection = { rule: 'except', personIds: idsOf(['janet']) }
  const narrow = { conversationId: news.id, selection }
  const narrowed = await act<z.output<typeof NarrowedAudience>>(andrew, 'audience.narrow', narrow)
  await post(andrew, narrowed.audienceId, { mediaId, ...shown })
  assert.equal(await statusOf(nancy, mediaId), 200)
  await closedTo({ janet, steven, outsider })
  await act(andrew, 'conversation.add-members', { conversationId: news.id, personIds: idsOf(['steven']) })
  await closedTo({ steven })
  const member = { conversationId: news.id, personIds: idsOf(['robert']) }
  await act(andrew, 'conversation.remove-members', member)
  await closedTo({ robert })
  await act(andrew, 'conversation.add-members', member)
  assert.equal(await statusOf(robert, mediaId), 200, 'who is in it again finds what they had')

  const open = await makeGroup('group', [], { history: 'all' })
  await post(andrew, audienceOf(open), { mediaId, ...shown })
  await act(andrew, 'conversation.add-members', { conversationId: open.id, personIds: idsOf(['steven']) })
  assert.equal(await statusOf(steven, mediaId), 200)
  await stage.site.database.transaction(
    (tx) => tx`
      update member set state = 'deactivated' where person_id = ${stage.cast.steven.personId}`,
  )
  await closedTo({ steven, outsider })
  const { deviceId } = await stage.site.act<{ deviceId: string }>('session.get', {}, nancy)
  await stage.site.act('device.revoke', { deviceId }, nancy)
  assert.equal(await statusOf(nancy, mediaId), 401)
  by.nancy = await stage.signIn(stage.cast.nancy.personId)
  assert.equal((await fetch(`${stage.site.url}/v1/media/${mediaId}/original`)).status, 401)
  const nothing = await load(janet, uuidv7())
  assert.deepEqual(await codeOf(nothing), await codeOf(await load(janet, mediaId)))
})

test('G13-07 a message takes only what its author has uploaded here, as the server found it', async () => {
  const group = await makeGroup('group', ['nancy'])
  const audienceId = audienceOf(group)
  const part = await picture(by.andrew)
  const posting = (...parts: object[]) => ({ audienceId, id: uuidv7(), parts })
  assert.equal(await refuse(by.nancy, 'message.post', posting(part)), 'media.not-found')
  assert.equal(await refuse(by.andrew, 'message.post', posting({ ...part, name: 'Other.jpg' })), 'media.changed')
  assert.equal(await refuse(by.andrew, 'message.post', posting({ ...part, mimeType: 'text/html' })), 'media.changed')
  assert.equal(await refuse(by.andrew, 'message.post', posting({ ...part, mediaId: uuidv7() })), 'media.not-found')
  assert.equal(await refuse(by.andrew, 'message.post', posting(...Array(11).fill(part))), 'input.invalid')
  const arriving = uuidv7()
  await stage.begin(by.andrew, 100, { mediaId: arriving })
  assert.equal(await refuse(by.andrew, 'message.post', posting({ ...part, mediaId: arriving })), 'media.not-ready')
  assert.equal(await refuse(by.nancy, 'media.get', { mediaId: part.mediaId }), 'media.not-found')

  const message = await post(by.andrew, audienceId, part)
  assert.equal((await post(by.andrew, audienceId, part)).parts.length, 1, 'forwarded by its owner')
  const words = [{ type: 'text', text: 'Without' }]
  await act(by.andrew, 'message.edit', { audienceId, number: message.number, parts: words })
  assert.equal(await statusOf(by.nancy, part.mediaId), 200)
  await act(by.andrew, 'message.delete', { audienceId, number: message.number + 1 })
  assert.equal(await statusOf(by.nancy, part.mediaId), 404)
  await act(by.andrew, 'message.edit', { audienceId, number: message.number, parts: [...words, part] })
  assert.equal(await statusOf(by.nancy, part.mediaId), 200)
})

test('G13-07 what something is, its bytes say; a picture keeps nothing but what is seen', async () => {
  const { mediaId, ...shown } = await stage.part(by.andrew, await photo(), { name: '../a\u202Egpj.exe', type: 'x/y' })
  assert.deepEqual([shown.kind, shown.mimeType, shown.width, shown.height], ['picture', 'image/jpeg', 800, 1_200])
  assert.equal(shown.name, 'a gpj.exe.jpg')
  const kept = await bytesOf(await load(by.andrew, mediaId))
  const { exif, orientation } = await sharp(kept).metadata()
  assert.deepEqual([exif, orientation, kept.includes('Camera of Andrew')], [undefined, undefined, false])
  const frames = await Promise.all(['red', 'blue'].map((background) => frame(background)))
  const moving = await sharp(frames, { join: { animated: true } })
    .gif({ delay: [100, 100] })
    .toBuffer()
  const animation = await stage.part(by.andrew, moving, { name: 'Moving.gif', type: 'image/gif' })
  assert.deepEqual([animation.width, animation.height], [40, 30])
  assert.equal((await sharp(await bytesOf(await load(by.andrew, animation.mediaId))).metadata()).pages, 2)
  const avif = await stage.part(by.andrew, await canvas(60, 40).avif({ effort: 0 }).toBuffer(), { name: 'New.avif' })
  assert.deepEqual([avif.mimeType, avif.name], ['image/webp', 'New.webp'])

  const heic = Buffer.concat([Buffer.from('0000001866747970', 'hex'), Buffer.from('heic\0\0\0\0mif1heic')])
  const damaged = (await photo()).subarray(0, 900)
  const refused = async (content: Uint8Array, name: string, type = '') =>
    (await stage.upload(by.andrew, content, { name, type })).refusal
  assert.equal(await refused(Buffer.from('<svg onload="alert(1)"/>'), 'Photo.jpg'), 'media.not-a-picture')
  assert.equal(await refused(video(), 'Tour', 'image/png'), 'media.not-a-picture')
  assert.equal(await refused(damaged, 'Photo.jpg'), 'media.unreadable')
  assert.equal(await refused(heic, 'Photo.heic'), 'media.unsupported')
  assert.equal(await refused(bomb(), 'Bomb.png'), 'media.too-many-pixels')
  assert.deepEqual(await readdir(join(stage.folder, 'work')), [])
})

test('G13-07 an upload goes on after a cut and on a server that was started anew; sent twice, it is one', async () => {
  const content = video(400_000)
  const [half, rest] = [content.subarray(0, 250_000), content.subarray(250_000)]
  const mediaId = uuidv7()
  const sending = { mediaId, name: 'Tour.mp4', type: 'video/mp4' }
  const [begun, again] = await Promise.all([1, 2].map(() => stage.begin(by.andrew, content.length, sending)))
  assert.deepEqual([begun?.status, again?.status], [201, 201])
  assert.equal(begun?.headers.get('location'), `/v1/media/${mediaId}`)
  await cutOff(mediaId, half)
  const head = () => stage.call('HEAD', `/${mediaId}`, by.andrew)
  const arrived = async () => Number((await head()).headers.get('upload-offset'))
  await until(async () => (await arrived()) === half.length, 'what was sent before the cut has arrived')
  assert.deepEqual(await codeOf(await stage.send(by.andrew, mediaId, { body: content })), [409, 'media.offset'])
  assert.equal((await stage.call('HEAD', `/${mediaId}`, by.nancy)).status, 404)
  await stage.restart()
  const third = await stage.begin(by.andrew, content.length, sending)
  assert.equal(third.headers.get('upload-offset'), String(half.length))
  assert.equal((await stage.send(by.andrew, mediaId, { offset: half.length, body: rest })).status, 204)
  const { part } = await stage.settled(by.andrew, mediaId)
  assert.equal(part?.bytes, content.length)
  assert.deepEqual(await bytesOf(await load(by.andrew, mediaId)), content)
  const last = await stage.send(by.andrew, mediaId, { offset: content.length, body: Buffer.alloc(0) })
  assert.deepEqual([last.status, await arrived()], [204, content.length])
  const other = await stage.begin(by.nancy, content.length, sending)
  assert.deepEqual(await codeOf(other), [409, 'media.id-taken'])
})

/** Sends some bytes of more that it announces, and then the connection breaks. */
async function cutOff(mediaId: string, content: Uint8Array): Promise<void> {
  const headers = {
    authorization: `Bearer ${by.andrew.token}`,
    'tus-resumable': '1.0.0',
    'upload-offset': '0',
    'content-type': 'application/offset+octet-stream',
    'content-length': content.length + 1,
  }
  const sent = request(`${stage.site.url}/v1/media/${mediaId}`, { method: 'PATCH', headers })
  const cut = new Promise<void>((resolve) => void sent.on('close', resolve))
  sent.on('error', () => undefined) // the cut
  sent.write(content)
  const file = join(stage.folder, 'uploads', mediaId)
  await until(async () => (await stat(file)).size === content.length, 'the bytes have arrived')
  sent.destroy()
  await cut
}

test('G13-07 a part of a video is answered with that part, and nothing else about it is guessed', async () => {
  const { mediaId } = await stage.part(by.andrew, video(), { name: 'Tour.mp4', type: 'video/mp4' })
  const range = async (asked: string, more: Record<string, string> = {}) => {
    const response = await load(by.andrew, mediaId, 'original', { range: asked, ...more })
    return [response.status, response.headers.get('content-range'), (await bytesOf(response)).length]
  }
  const all = video().length
  assert.deepEqual(await range('bytes=0-99'), [206, `bytes 0-99/${all}`, 100])
  assert.deepEqual(await range('bytes=-5'), [206, `bytes ${all - 5}-${all - 1}/${all}`, 5])
  assert.deepEqual(await range(`bytes=${all - 1}-`), [206, `bytes ${all - 1}-${all - 1}/${all}`, 1])
  assert.deepEqual((await range(`bytes=${all}-`)).slice(0, 2), [416, `bytes */${all}`])
  assert.deepEqual(await range('bytes=0-1,5-9'), [200, null, all])
  assert.deepEqual(await range('bytes=0-9', { 'if-range': '"another"' }), [200, null, all])
  const head = await stage.call('HEAD', `/${mediaId}/original`, by.andrew)
  assert.deepEqual([head.status, head.headers.get('content-length')], [200, String(all)])
  const tag = head.headers.get('etag') ?? ''
  assert.equal((await load(by.andrew, mediaId, 'original', { 'if-none-match': tag })).status, 304)
  assert.equal((await load(by.janet, mediaId, 'original', { 'if-none-match': tag })).status, 404)
})

test('G13-07 what is too much is refused before it arrives, and a full disk keeps nothing of it', async () => {
  const { robert } = by
  const begin = async (size: number, more: object = {}) => codeOf(await stage.begin(robert, size, more))
  assert.deepEqual(await begin(0), [400, 'media.empty'])
  assert.deepEqual(await begin(limits.mediaFileBytes + 1), [413, 'media.too-large'])
  assert.deepEqual(await begin(limits.mediaVideoBytes + 1, { type: 'video/mp4' }), [413, 'media.too-large'])
  assert.deepEqual(await begin(1, { mediaId: 'mine' }), [400, 'media.invalid'])
  assert.deepEqual(await begin(1, { organizationId: stage.cast.otherOrganizationId }), [403, 'access.refused'])
  assert.deepEqual(await codeOf(await stage.call('POST', '', { token: 'nobody' })), [401, 'session.required'])
  const foreign = { cookie: `shoptalk_session=${robert.token}`, origin: 'https://elsewhere.example' }
  const forged = await fetch(`${stage.site.url}/v1/media`, { method: 'POST', headers: foreign })
  assert.deepEqual(await codeOf(forged), [403, 'session.origin-refused'])

  const full = uuidv7()
  await stage.begin(robert, 100, { mediaId: full })
  await rm(join(stage.folder, 'uploads', full))
  await symlink('/dev/full', join(stage.folder, 'uploads', full))
  assert.deepEqual(await codeOf(await stage.send(robert, full, { body: Buffer.alloc(100, 1) })), [
    507,
    'media.storage-full',
  ])
  assert.equal(existsSync(join(stage.folder, 'uploads', full)), false)
  assert.equal((await stage.settled(robert, full)).refusal, 'media.storage-full')

  const ids = Array.from({ length: limits.mediaUnfinished }, () => uuidv7())
  const tries = await Promise.all([...ids, uuidv7()].map((mediaId) => stage.begin(robert, 1_000, { mediaId })))
  assert.equal(tries.filter(({ status }) => status === 201).length, limits.mediaUnfinished)
  assert.deepEqual(await begin(1_000), [429, 'media.unfinished-limit'])
  const begun = tries.findIndex(({ status }) => status === 201)
  assert.equal((await stage.call('DELETE', `/${ids[begun]}`, robert)).status, 204)
  assert.deepEqual(await codeOf(await stage.send(robert, ids[begun] ?? '', { body: Buffer.alloc(10) })), [
    410,
    'media.ended',
  ])
  await stage.site.database.transaction(
    (tx) => tx`update media set size = ${limits.mediaBytesPerDay} where id = ${full}`,
  )
  assert.deepEqual(await begin(1_000), [429, 'media.day-limit'])
  stage.site.clock.advance(25 * HOUR_MS)
  await runJob('media.tidy')
  assert.equal((await stage.begin(robert, 1_000)).status, 201)
})

/** As the server runs it; `attempt`: which. */
async function runJob(name: string, payload: object = {}, more: object = {}): Promise<void> {
  const job = feature.jobs?.find((one) => one.name === name)
  await job?.run(payload, { ...stage.site, attempt: 1, attemptsMax: 5, ...more })
}

test('G13-07 a server that ends while it looks at something looks again, and gives up what ends it each time', async () => {
  const content = await photo()
  const { database } = stage.site
  const arrive = async () => {
    const mediaId = uuidv7()
    await stage.begin(by.andrew, content.length, { mediaId, name: 'Photo.jpg' })
    await writeFile(join(stage.folder, 'uploads', mediaId), content)
    await database.transaction((tx) => tx`update media set state = 'checking' where id = ${mediaId}`)
    return mediaId
  }
  const mediaId = await arrive()
  const ends = { ...database, transaction: () => Promise.reject(new Error('The server ends.')) }
  await assert.rejects(runJob('media.check', { mediaId }, { database: ends }), /server ends/)
  await Promise.all([1, 2].map(() => runJob('media.check', { mediaId })))
  const { part } = await stage.settled(by.andrew, mediaId)
  assert.deepEqual([part?.width, part?.height], [800, 1_200])
  assert.equal((await bytesOf(await load(by.andrew, mediaId))).length, part?.bytes)
  assert.equal(existsSync(join(stage.folder, 'uploads', mediaId)), false)
  const fatal = await arrive()
  await runJob('media.check', { mediaId: fatal }, { attempt: 5 })
  assert.equal((await stage.settled(by.andrew, fatal)).refusal, 'media.unreadable')
})

test('G13-07 what nobody uses for a day is removed, and what no row knows; what waits or is held stays', async () => {
  const { clock } = stage.site
  const group = await makeGroup('group', ['nancy', 'janet'])
  const audienceId = audienceOf(group)
  const [held, planned, unused, erased] = [0, 1, 2, 3].map(() => picture(by.andrew))
  const [used, waiting, left, gone] = await Promise.all([held, planned, unused, erased])
  assert.ok(used && waiting && left && gone)
  await post(by.andrew, audienceId, used)
  const { number } = await post(by.andrew, audienceId, gone)
  const postAt = new Date(clock().getTime() + 72 * HOUR_MS).toISOString()
  await act(by.andrew, 'schedule.create', { audienceId, id: uuidv7(), parts: [waiting], postAt })
  const arriving = uuidv7()
  await stage.begin(by.andrew, 100, { mediaId: arriving })
  clock.advance(23 * HOUR_MS)
  await act(by.andrew, 'message.delete', { audienceId, number })
  await runJob('media.tidy')
  assert.equal(await statusOf(by.andrew, left.mediaId), 200)
  clock.advance(2 * HOUR_MS)
  await Promise.all([1, 2].map(() => runJob('media.tidy')))
  assert.equal(await statusOf(by.andrew, left.mediaId), 404)
  assert.equal(await refuse(by.andrew, 'media.get', { mediaId: arriving }), 'media.not-found')
  for (const one of [used, waiting, gone]) assert.equal(await statusOf(by.andrew, one.mediaId), 200)
  clock.advance(24 * HOUR_MS)
  await runJob('media.tidy')
  assert.equal(await statusOf(by.andrew, gone.mediaId), 404)
  assert.equal(await statusOf(by.nancy, used.mediaId), 200)

  const kept = (mediaId: string) => join(stage.folder, 'kept', mediaId.slice(-2), `${mediaId}.original`)
  assert.deepEqual([existsSync(kept(left.mediaId)), existsSync(kept(used.mediaId))], [false, true])
  const lost = [kept(uuidv7()), join(stage.folder, 'work', uuidv7()), join(stage.folder, 'uploads', used.mediaId)]
  const foreign = join(stage.folder, 'kept', 'README')
  const long = new Date(clock().getTime() - 30 * HOUR_MS)
  for (const path of [...lost, foreign]) {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, 'lost')
    await utimes(path, long, long)
  }
  await utimes(kept(used.mediaId), long, long)
  await runJob('media.sweep')
  assert.deepEqual(lost.map(existsSync), [false, false, false])
  assert.deepEqual([existsSync(foreign), existsSync(kept(used.mediaId))], [true, true])
})

test('G13-07 whoever is erased takes along what they have sent, and nobody else loses anything', async () => {
  const regulars = await makeGroup('group', ['nancy'])
  const guest = await joinByCode(regulars)
  const [own, other] = [await picture(guest), await picture(by.andrew)]
  await post(guest, audienceOf(regulars), own)
  await post(by.andrew, audienceOf(regulars), other)
  assert.equal(await statusOf(by.nancy, own.mediaId), 200)
  const { personId } = await stage.site.act<{ personId: string }>('session.get', {}, guest)
  await act(by.andrew, 'contact.remove', { personId })
  await until(async () => (await statusOf(by.nancy, own.mediaId)) === 404, 'what they sent is gone')
  const file = join(stage.folder, 'kept', own.mediaId.slice(-2), `${own.mediaId}.original`)
  await until(() => !existsSync(file), 'its file is gone')
  assert.equal(await statusOf(by.nancy, other.mediaId), 200)
})
