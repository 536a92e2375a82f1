import { personOf, type Context } from '../../platform/command.ts'
import { createRate, type Rate } from '../../platform/rate.ts'
import { Refusal } from '../../platform/refusal.ts'

/** Of one person on one node: who types sees a preview every second at most. */
const previews = createRate(90)
const sendings = createRate(30)

export const countPreview = (ctx: Pick<Context, 'actor' | 'now'>) => count(previews, ctx)
export const countSending = (ctx: Pick<Context, 'actor' | 'now'>) => count(sendings, ctx)

function count(rate: Rate, ctx: Pick<Context, 'actor' | 'now'>): void {
  const retryAfterMs = rate.take(personOf(ctx), ctx.now)
  if (retryAfterMs > 0) throw new Refusal('fields.rate', { retryAfterMs })
}
