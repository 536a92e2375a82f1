import { useQuery } from '@tanstack/react-query'
import { Check, CloudOff, X } from 'lucide-react'
import { useEffect } from 'react'
import { useHere } from '../organization/organization-context.tsx'
import { Button } from '../platform/button.tsx'
import { useClient } from '../platform/client.tsx'
import { useTexts } from '../platform/texts.tsx'
import { useDates } from '../platform/use-dates.ts'
import { forgetScan, keptScans } from './kept.ts'
import type { KeptScan } from './kept.ts'
import { spelled } from './spelled.ts'
import { canAnswer } from './till-result.tsx'
import { decideWaiting } from './waiting-scans.ts'

export type WaitingScans = { scans: readonly KeptScan[]; reload: () => void }

const none: readonly KeptScan[] = []
/** A connection is often believed in for a while when it is gone, and the other way round. */
const AGAIN_MS = 5_000

/** What was scanned without network. It is decided in its order as soon as the server is there again. */
export function useWaitingScans(): WaitingScans {
  const client = useClient()
  const { me } = useHere()
  const { data: scans = none, refetch } = useQuery({
    queryKey: ['kept-scans', me],
    queryFn: () => keptScans(me),
    staleTime: 0,
    networkMode: 'always',
  })
  const isWaiting = scans.some(({ outcome }) => outcome.kind === 'pending')
  useEffect(() => {
    if (!isWaiting) return
    // What fails stays pending, and is tried again.
    const attempt = () => void decideWaiting(client, me, refetch).catch(() => undefined)
    attempt()
    const timer = setInterval(attempt, AGAIN_MS)
    addEventListener('online', attempt)
    return () => {
      clearInterval(timer)
      removeEventListener('online', attempt)
    }
  }, [isWaiting, client, me, refetch])
  return { scans, reload: () => void refetch() }
}

type TillWaitingProps = { waiting: WaitingScans; onCheck: (code: string) => void }

export function TillWaiting({ waiting: { scans, reload }, onCheck }: TillWaitingProps) {
  const { text } = useTexts()
  if (scans.length === 0) return null
  const decided = scans.filter(({ outcome }) => outcome.kind !== 'pending')
  const clear = async () => {
    await Promise.all(decided.map(({ redeem }) => forgetScan(redeem.redemptionId)))
    reload()
  }
  /** What was not known without network is asked for now. */
  const checkAgain = async ({ redemptionId, code }: KeptScan['redeem']) => {
    await forgetScan(redemptionId)
    reload()
    onCheck(code)
  }
  return (
    <section aria-label={text('till.waiting')}>
      <div className="row">
        <h2 className="label grow">{text('till.waiting')}</h2>
        {decided.length > 0 && (
          <Button size="small" look="quiet" onClick={() => void clear()}>
            {text('till.clear')}
          </Button>
        )}
      </div>
      <ul className="till-waiting" aria-live="polite">
        {scans.map((scan) => (
          <Scan key={scan.redeem.redemptionId} scan={scan} onCheck={() => void checkAgain(scan.redeem)} />
        ))}
      </ul>
    </section>
  )
}

const icons = { pending: CloudOff, redeemed: Check, refused: X }
const looks = { pending: 'warn', redeemed: 'ok', refused: 'bad' }

function Scan({ scan: { redeem, outcome }, onCheck }: { scan: KeptScan; onCheck: () => void }) {
  const { text } = useTexts()
  const dates = useDates()
  const say = useOutcome()
  const Icon = icons[outcome.kind]
  return (
    <li>
      <span className={`row g1 ${looks[outcome.kind]}`}>
        <Icon className="i xs" />
        {say(outcome)}
      </span>
      <span className="dim t12">
        {text('till.scanned', { code: spelled(redeem.code), at: dates.full(new Date(redeem.takenAt ?? 0)) })}
      </span>
      {outcome.kind === 'refused' && canAnswer(outcome.code) && (
        <Button size="small" onClick={onCheck}>
          {text('till.checkAgain')}
        </Button>
      )}
    </li>
  )
}

function useOutcome(): (outcome: KeptScan['outcome']) => string {
  const { text, has } = useTexts()
  const dates = useDates()
  return (outcome) => {
    if (outcome.kind === 'pending') return text('till.undecided')
    if (outcome.kind === 'redeemed') return text('till.decided', { title: outcome.title })
    const { code, usedAt, usedPlace } = outcome
    const values = { at: dates.full(new Date(usedAt ?? 0)), place: usedPlace ?? '' }
    if (code === 'coupon.redeemed' && usedAt) return text(usedPlace ? 'till.usedAt' : 'till.used', values)
    const key = `error.${code}`
    return text(has(key) ? key : 'error.unknown')
  }
}
