import { useState } from 'react'
import { v7 as newId } from 'uuid'
import type { CheckedCoupon, RedeemedCoupon } from '../../../protocol/redemptions.ts'
import { RequestError } from '../../../sdk/index.ts'
import type { Client, InputOf } from '../../../sdk/index.ts'
import { useHere } from '../organization/organization-context.tsx'
import { useClient } from '../platform/client.tsx'
import { keepScan, waitingSince } from './kept.ts'
import type { Money } from './money.ts'

/** What is paid for, and how much of a gift is spent. */
export type Paid = { order: Money | null; amount: number | null }

export type TillStep =
  | { kind: 'ready' }
  | { kind: 'checking'; code: string }
  | { kind: 'checked'; code: string; checked: CheckedCoupon }
  | { kind: 'redeemed'; answer: RedeemedCoupon }
  /** There is no network: it is decided later, first come. `since` where the same coupon waits already. */
  | { kind: 'pending'; since: Date | undefined }
  | { kind: 'failed'; error: unknown }

/** Nobody waits longer at a till: after that it counts as no network. */
const ANSWER_MAX_MS = 8_000

/** From a scanned code to a coupon that is used, or one that waits for the network. */
export function useTill(place: string, onKept: () => void) {
  const client = useClient()
  const { organization, me } = useHere()
  const [step, setStep] = useState<TillStep>({ kind: 'ready' })
  const organizationId = organization.id

  async function check(code: string, paid: Paid) {
    setStep((before) => (before.kind === 'checked' ? before : { kind: 'checking', code }))
    try {
      const checked = await inTime(client.do('coupon.check', { organizationId, code, place, ...paid }))
      setStep({ kind: 'checked', code, checked })
    } catch (error) {
      if (!isAway(error) || isLimited(error)) return setStep({ kind: 'failed', error })
      const since = await waitingSince(me, { organizationId, code })
      if (since) return setStep({ kind: 'pending', since })
      const asked = { organizationId, code, place, ...paid }
      await keep({ ...asked, redemptionId: newId(), takenAt: new Date().toISOString() })
    }
  }

  async function keep(redeem: InputOf<'coupon.redeem'>) {
    try {
      await keepScan(me, { redeem, outcome: { kind: 'pending' } })
      setStep({ kind: 'pending', since: undefined })
      onKept()
    } catch (error) {
      setStep({ kind: 'failed', error })
    }
  }

  /** The same id while it is not known whether it went well, so that twice is once. */
  async function redeem(code: string, paid: Paid, redemptionId: string) {
    const input = { organizationId, code, place, ...paid, redemptionId }
    try {
      setStep({ kind: 'redeemed', answer: await inTime(client.do('coupon.redeem', input)) })
    } catch (error) {
      if (isAway(error) && !isLimited(error)) return keep({ ...input, takenAt: new Date().toISOString() })
      // Somebody was faster, or it does not hold any more: the check says why, and when and where.
      await check(code, paid)
    }
  }

  return { step, check, redeem, again: () => setStep({ kind: 'ready' }) }
}

export const isAway = (error: unknown) => error instanceof RequestError && error.isRetryable
/** The server is there, and takes no codes from this member for a while: nothing is kept for later. */
const isLimited = (error: unknown) => error instanceof RequestError && error.code === 'coupon.limit'
/** Only an answer about the coupon or the campaign decides; who is signed out has not been answered. */
const isAnswer = (error: unknown) => error instanceof RequestError && !isAway(error) && !unanswered.has(error.code)
const unanswered = new Set(['session.required', 'session.replaced', 'client.closed'])

export async function inTime<Answer>(asked: Promise<Answer>): Promise<Answer> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new RequestError('connection.lost')), navigator.onLine ? ANSWER_MAX_MS : 0)
  })
  try {
    return await Promise.race([asked, late])
  } finally {
    clearTimeout(timer)
  }
}

/** Lets the server decide what was scanned without network; `undefined`: it is still not to be reached. */
export async function decide(client: Client, redeem: InputOf<'coupon.redeem'>) {
  try {
    const { coupon, redemption } = await inTime(client.do('coupon.redeem', redeem))
    return { kind: 'redeemed' as const, title: coupon.title, at: redemption.at }
  } catch (error) {
    if (!(error instanceof RequestError) || !isAnswer(error)) return undefined
    const { organizationId, code, place, order, amount } = redeem
    const asked = client.do('coupon.check', { organizationId, code, place, order, amount })
    const why = await asked.catch(() => undefined)
    const { usedAt = null, usedPlace = null } = why?.refusal ?? {}
    return { kind: 'refused' as const, code: error.code, usedAt, usedPlace }
  }
}
