import { WifiOff } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useClient, useKnown, useStatus } from '../platform/client.tsx'
import { useDates } from '../platform/use-dates.ts'
import { useText } from '../platform/texts.tsx'

/** A short break heals unseen; a longer one is said, with what still works. */
const saidAfterMs = 3_000

export function ConnectionStrip() {
  const text = useText()
  const dates = useDates()
  const client = useClient()
  const isOpen = useStatus() === 'open'
  const canWrite = useKnown((state) => state.personId !== null)
  const since = useAwaySince(isOpen)
  if (isOpen || !since) return null
  return (
    <output className="connection">
      <WifiOff className="i s" />
      <span className="grow">
        {text(canWrite ? 'connection.away' : 'connection.awayOnly', { time: dates.time(since) })}
      </span>
      <button type="button" className="act" onClick={() => client.reconnect()}>
        {text('connection.tryNow')}
      </button>
    </output>
  )
}

function useAwaySince(isOpen: boolean): Date | undefined {
  const [since, setSince] = useState<Date>()
  useEffect(() => {
    if (isOpen) return
    const lost = new Date()
    const timer = setTimeout(() => setSince(lost), saidAfterMs)
    return () => {
      clearTimeout(timer)
      setSince(undefined)
    }
  }, [isOpen])
  return since
}
