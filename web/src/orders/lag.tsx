import { Notice } from '../platform/notice.tsx'
import { useTexts } from '../platform/texts.tsx'

const SHOWN_FROM_MS = 5_000

/** Says so where the rules are behind the orders. */
export function Lag({ lagMs }: { lagMs: number }) {
  const { text } = useTexts()
  if (lagMs < SHOWN_FROM_MS) return <p className="dim t12 rules-lag">{text('rules.upToDate')}</p>
  return <Notice meaning="warn">{text('rules.behind', { seconds: Math.round(lagMs / 1_000) })}</Notice>
}
