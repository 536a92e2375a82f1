import { setTimeout as delay } from 'node:timers/promises'
import type { Load, Loaded } from './messages.ts'
import { latencyOf } from './latency.ts'
import type { Meter, Sender } from './talker.ts'

/** A run has ended when nothing has come for so long. */
const SILENCE_MS = 10_000
const LOOK_EVERY_MS = 5
const TICK_MS = 1

export type Paced = Omit<Loaded, 'received' | 'sent' | 'refused' | 'parsed' | 'faults'>

/** Makes the load, measures the middle of it, and waits until the last copy has come. */
export async function pace(load: Load, senders: readonly Sender[], meter: Meter): Promise<Paced> {
  meter.answerMs = []
  meter.deliveryMs = []
  const beganAt = performance.now()
  const before = { delivered: meter.delivered, answered: meter.answered, refused: meter.refused }
  const measured = await (load.count === undefined ? forTime(load, senders, meter) : forCount(load, senders, meter))
  await untilQuiet(meter, () => {
    const sent = senders.reduce((sum, sender) => sum + sender.next - sender.first, 0)
    const ended = meter.answered - before.answered + meter.refused - before.refused
    const accepted = meter.answered - before.answered
    return ended >= sent && meter.delivered - before.delivered >= accepted * load.copies
  })
  const copies = meter.delivered - before.delivered
  return {
    ...(measured ?? {
      seconds: (meter.heardAt - beganAt) / 1_000,
      answered: meter.answered - before.answered,
      delivered: copies,
      cpuSeconds: 0,
    }),
    lastCopyMs: copies === 0 ? 0 : meter.heardAt - beganAt,
    answerMs: latencyOf(meter.answerMs),
    deliveryMs: latencyOf(meter.deliveryMs),
  }
}

async function forTime({ window, warmMs, measureMs, perSecond }: Load, senders: readonly Sender[], meter: Meter) {
  const isOpen = perSecond !== undefined
  meter.isSending = !isOpen
  const stop = isOpen ? sendAtRandom(senders, perSecond) : () => {}
  if (!isOpen) fillWindows(senders, window)
  await delay(warmMs)
  const { delivered, answered } = meter
  const cpu = process.cpuUsage()
  const begin = performance.now()
  meter.isMeasuring = true
  await delay(measureMs)
  meter.isMeasuring = false
  const seconds = (performance.now() - begin) / 1_000
  const used = process.cpuUsage(cpu)
  const measured = {
    seconds,
    answered: meter.answered - answered,
    delivered: meter.delivered - delivered,
    cpuSeconds: (used.user + used.system) / 1e6,
  }
  stop()
  meter.isSending = false
  return measured
}

async function forCount({ window, count = 1 }: Load, senders: readonly Sender[], meter: Meter): Promise<undefined> {
  meter.isMeasuring = true
  meter.isSending = true
  for (const sender of senders) sender.left = count
  fillWindows(senders, Math.min(window, count))
  await untilQuiet(meter, () => senders.every((sender) => sender.left <= 0 && sender.unanswered.length === 0))
  meter.isMeasuring = false
  meter.isSending = false
}

function fillWindows(senders: readonly Sender[], window: number): void {
  const now = performance.now()
  for (const sender of senders) for (let filled = 0; filled < window; filled++) sender.post(now)
  senders[0]?.flushAll()
}

/** Independent arrivals: a late moment does not delay the next one, and counts as latency. */
function sendAtRandom(senders: readonly Sender[], perSecond: number): () => void {
  let nextAt = performance.now()
  let turn = 0
  const timer = setInterval(() => {
    for (const now = performance.now(); nextAt <= now; nextAt -= (Math.log(1 - Math.random()) * 1_000) / perSecond) {
      senders[turn++ % senders.length]?.post(nextAt)
    }
    senders[0]?.flushAll()
  }, TICK_MS)
  return () => clearInterval(timer)
}

async function untilQuiet(meter: Meter, isDone: () => boolean): Promise<void> {
  const begin = performance.now()
  while (!isDone() && performance.now() - Math.max(meter.heardAt, begin) < SILENCE_MS) await delay(LOOK_EVERY_MS)
}
