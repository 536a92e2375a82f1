import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { isSameSecret } from '../../platform/caller.ts'
import type { Tools } from '../../platform/feature.ts'
import { Refusal } from '../../platform/refusal.ts'
import { publicUrl } from '../../platform/server-settings.ts'
import type { AppleCertificates } from './apple-certificates.ts'
import { signApplePass } from './apple-pass.ts'
import { passTokenOf, readLink } from './apple-proof.ts'
import { readFace } from './read-face.ts'
import { appleWalletFile, googleIssuerOf } from './settings.ts'
import * as store from './store.ts'

export const APPLE_PATH = '/wallet/apple'
const PKPASS = 'application/vnd.apple.pkpass'
/** Phones of one household, with room to spare. */
const DEVICES_PER_PASS_MAX = 20
const LISTED_MAX = 500
/** What committed late is listed once more; what a phone has already, it does not fetch again. */
const OVERLAP_MS = 60_000
const ENDS_SOON_MS = 30 * 24 * 3_600_000

type Params = { deviceId: string; passType: string; passId: string }
type Asked = FastifyRequest<{ Params: Params; Querystring: { passesUpdatedSince?: string } }>

/** Passes for Apple Wallet, and what phones ask of who made them ("PassKit Web Service"). */
export async function addRoutes(server: FastifyInstance, tools: Tools): Promise<void> {
  const { settings, log, clock } = tools
  googleIssuerOf(settings) // half a setting is told at start
  const certificates = settings.get(appleWalletFile)
  if (!certificates) return
  if (certificates.endsAt.getTime() - clock().getTime() < ENDS_SOON_MS)
    log.warn({ endsAt: certificates.endsAt }, 'The certificate for Apple Wallet ends soon. Get a new one.')
  const door = { ...tools, certificates }
  const path = `${APPLE_PATH}/v1/devices/:deviceId/registrations/:passType`
  server.get<{ Params: { file: string } }>(`${APPLE_PATH}/:file`, (request, reply) => download(door, request, reply))
  server.post(`${path}/:passId`, (request: Asked, reply) => register(door, request, reply))
  server.delete(`${path}/:passId`, (request: Asked, reply) => unregister(door, request, reply))
  server.get(path, (request: Asked, reply) => listChanged(door, request, reply))
  server.get(`${APPLE_PATH}/v1/passes/:passType/:passId`, (request: Asked, reply) => fetchPass(door, request, reply))
  server.post(`${APPLE_PATH}/v1/log`, (request, reply) => takeLog(door, request, reply))
}

type Door = Tools & { certificates: AppleCertificates }

/** What the link in the booklet leads to. */
async function download(door: Door, request: FastifyRequest<{ Params: { file: string } }>, reply: FastifyReply) {
  const passId = readLink(door.seal, request.params.file, door.clock())
  if (passId === undefined) throw new Refusal('wallet.link-ended')
  const made = await makePass(door, passId)
  if (!made) throw new Refusal('wallet.link-ended')
  return reply.header('content-disposition', 'attachment; filename="coupon.pkpass"').type(PKPASS).send(made.pass)
}

async function register(door: Door, request: Asked, reply: FastifyReply) {
  const { deviceId, passId } = request.params
  const body = Registering.safeParse(request.body)
  if (!isAllowed(door, request)) return refuse(reply)
  if (!body.success || !DeviceId.safeParse(deviceId).success) throw new Refusal('input.invalid')
  const isNew = await door.database.transaction(async (tx) => {
    if (!(await store.findPass(tx, passId))) return undefined
    if ((await store.countDevices(tx, passId)) >= DEVICES_PER_PASS_MAX) throw new Refusal('server.busy')
    return store.putDevice(tx, { passId, deviceId, pushToken: body.data.pushToken })
  })
  if (isNew === undefined) return refuse(reply)
  return reply.code(isNew ? 201 : 200).send()
}

async function unregister(door: Door, request: Asked, reply: FastifyReply) {
  if (!isAllowed(door, request)) return refuse(reply)
  await door.database.transaction((tx) => store.removeDevice(tx, request.params))
  return reply.code(200).send()
}

/** Nothing proves who asks: phones choose ids that nobody guesses, and learn no more than the numbers of passes. */
async function listChanged(door: Door, request: Asked, reply: FastifyReply) {
  const { deviceId, passType } = request.params
  const tag = /^\d{1,15}$/.exec(request.query.passesUpdatedSince ?? '')?.[0]
  if (passType !== door.certificates.passType) return reply.code(204).send()
  const since = new Date(Number(tag ?? 0))
  const serialNumbers = await door.database.snapshot((tx) => store.listChanged(tx, deviceId, since, LISTED_MAX))
  if (serialNumbers.length === 0) return reply.code(204).send()
  return reply.send({ serialNumbers, lastUpdated: String(door.clock().getTime() - OVERLAP_MS) })
}

async function fetchPass(door: Door, request: Asked, reply: FastifyReply) {
  if (!isAllowed(door, request)) return refuse(reply)
  const known = Date.parse(request.headers['if-modified-since'] ?? '')
  const made = await makePass(door, request.params.passId, known)
  if (!made) return refuse(reply)
  void reply.header('last-modified', made.changedAt.toUTCString()).header('cache-control', 'no-store')
  return made.pass ? reply.type(PKPASS).send(made.pass) : reply.code(304).send()
}

/** Undefined where there is no such pass; without the pass itself where whoever asks knows it as it is. */
async function makePass(door: Door, passId: string, known = Number.NaN) {
  const { database, clock, settings, seal, certificates } = door
  const read = await database.snapshot(async (tx) => {
    const row = await store.findPass(tx, passId)
    return row?.wallet === 'apple' ? { row, face: await readFace({ tx, now: clock() }, row) } : undefined
  })
  if (!read?.face) return undefined
  const changedAt = new Date(Math.floor(Date.parse(read.row.changedAt) / 1_000) * 1_000)
  if (known >= changedAt.getTime()) return { changedAt }
  const home = settings.get(publicUrl)
  // Phones ask for changes over HTTPS only.
  const service = home.startsWith('https:') ? { url: home + APPLE_PATH, token: passTokenOf(seal, passId) } : undefined
  return { changedAt, pass: await signApplePass(read.face, passId, { certificates, service }) }
}

function isAllowed({ seal, certificates }: Door, { params, headers }: Asked): boolean {
  const token = /^ApplePass +([\w-]{43})$/.exec(headers.authorization ?? '')?.[1]
  const isOurs = params.passType === certificates.passType && z.uuid().safeParse(params.passId).success
  return isOurs && token !== undefined && isSameSecret(token, passTokenOf(seal, params.passId))
}

const refuse = (reply: FastifyReply) => reply.code(401).header('www-authenticate', 'ApplePass').send()

const DeviceId = z.string().regex(/^[\w.-]{8,100}$/)
const Registering = z.object({ pushToken: z.string().regex(/^[0-9a-fA-F]{16,200}$/) })
const Logged = z.object({ logs: z.array(z.string()).max(100) })
const LOGGED_LENGTH_MAX = 300
const LOGGED_LINES_MAX = 10

/** Phones say here why they refuse a pass. Anybody may claim so, hence not much of it is kept. */
async function takeLog({ log }: Door, request: FastifyRequest, reply: FastifyReply) {
  const body = Logged.safeParse(request.body)
  if (!body.success) throw new Refusal('input.invalid')
  const said = body.data.logs.slice(0, LOGGED_LINES_MAX).map((line) => line.slice(0, LOGGED_LENGTH_MAX))
  log.info({ said }, 'A phone says something about a pass.')
  return reply.code(200).send()
}
