import { z } from 'zod'
import { isMailAddress } from '../../../protocol/identity.ts'
import type { Job, Tools } from '../../platform/feature.ts'
import { openContent, type Content } from './content.ts'
import { renderMail } from './mail.ts'
import { isPermanent, openPostOffice, type PostOffice } from './post-office.ts'
import { senderOf, smtpUrl } from './settings.ts'
import * as store from './store.ts'
import { showInTerminal } from './terminal.ts'

const Payload = z.object({ ids: z.array(z.uuid()) })
const WipePayload = z.object({ expiresAt: z.iso.datetime() })
/** Who got what, and when, is kept so long for the administrators. */
const KEPT_MS = 30 * 24 * 3_600_000
const CLOCK_SKEW_MAX_MS = 60_000
const FAULT_LENGTH_MAX = 300

type Ready = { id: string; address: string; content: Content }

export const sendDispatches: Job = {
  name: 'dispatch.send',
  async run(payload, tools) {
    const { database, clock, seal, settings } = tools
    const { ids } = Payload.parse(payload)
    const waiting = await database.transaction((tx) => store.takeWaiting(tx, ids, clock()))
    const ready = waiting.map(({ sealed, ...row }) => ({ ...row, content: openContent(seal, sealed) }))
    const url = settings.get(smtpUrl)
    // There is no sender of text messages: codes for phone numbers are shown, like all codes without a mail server.
    const mails = url === undefined ? [] : ready.filter(({ address }) => isMailAddress(address))
    const others = ready.filter((dispatch) => !mails.includes(dispatch))
    await show(others, tools)
    if (url !== undefined && mails.length > 0) await sendAll(mails, url, tools)
  },
}

export const wipeDispatches: Job = {
  name: 'dispatch.wipe',
  async run(payload, { database, clock }) {
    const now = clock()
    const due = Date.parse(WipePayload.parse(payload).expiresAt)
    // The job began when the database's clock said so; ours may be a little behind.
    const until = due > now.getTime() + CLOCK_SKEW_MAX_MS ? now : new Date(Math.max(due, now.getTime()))
    await database.transaction(async (tx) => {
      await store.wipeExpired(tx, until)
      await store.deleteBefore(tx, new Date(now.getTime() - KEPT_MS))
    })
  },
}

async function show(dispatches: readonly Ready[], { database }: Tools) {
  const codes = dispatches.flatMap(({ id, address, content }) =>
    content.purpose === 'report' ? [] : [{ id, address, content }],
  )
  const reports = dispatches.filter(({ content }) => content.purpose === 'report')
  if (codes.length > 0) showInTerminal(codes)
  await database.transaction(async (tx) => {
    const ids = codes.map(({ id }) => id)
    if (ids.length > 0) await store.markShown(tx, ids)
    for (const { id } of reports) await store.markFailed(tx, id, 'Reports go to mail addresses only.')
  })
}

type Trying = Tools & { attempt: number; attemptsMax: number }

async function sendAll(dispatches: readonly Ready[], url: string, tools: Trying) {
  await using office = await openPostOffice(url)
  const faults = await Promise.all(dispatches.map((dispatch) => sendOne(dispatch, office, tools)))
  const left = faults.filter((fault) => fault !== undefined)
  if (left.length === 0) return
  throw new Error(`${left.length} of ${dispatches.length} mails could not be sent.`)
}

/** Says what the mail server said, where the mail is to be tried again. */
async function sendOne(dispatch: Ready, office: PostOffice, tools: Trying): Promise<string | undefined> {
  const { database, settings, attempt, attemptsMax } = tools
  const { id, address: to, content } = dispatch
  try {
    await office.send({ id, from: senderOf(settings), to, ...renderMail(content) })
  } catch (error) {
    const fault = faultOf(error)
    const isOver = isPermanent(error) || attempt >= attemptsMax
    await database.transaction((tx) => (isOver ? store.markFailed(tx, id, fault) : store.markFaulty(tx, id, fault)))
    tools.log.warn({ dispatchId: id, isOver, reason: reasonOf(error) }, 'A mail could not be sent.')
    return isOver ? undefined : fault
  }
  await database.transaction((tx) => store.markSent(tx, id))
  return undefined
}

/** Only this much goes into the log: what the mail server says may hold the address. */
const reasonOf = (error: unknown) => (error instanceof Error && 'code' in error ? error.code : undefined)

function faultOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  return text.replaceAll('\0', '').toWellFormed().slice(0, FAULT_LENGTH_MAX).toWellFormed()
}
