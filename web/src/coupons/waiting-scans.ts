import type { Client } from '../../../sdk/index.ts'
import { keepScan, keptScans } from './kept.ts'
import { decide } from './use-till.ts'

/** One tab decides at a time. */
const LOCK = 'shoptalk-till'

/** Lets the server decide what was scanned without network, in its order. Returns how many are still undecided. */
export async function decideWaiting(client: Client, me: string, onDecided?: () => unknown): Promise<number> {
  await navigator.locks.request(LOCK, { ifAvailable: true }, (lock) => (lock ? decideAll() : undefined))
  return (await waiting()).length

  async function decideAll() {
    for (const scan of await waiting()) {
      const outcome = await decide(client, scan.redeem)
      if (!outcome) return
      await keepScan(me, { ...scan, outcome })
      await onDecided?.()
    }
  }
  async function waiting() {
    return (await keptScans(me)).filter(({ outcome }) => outcome.kind === 'pending')
  }
}
