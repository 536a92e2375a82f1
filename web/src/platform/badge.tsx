import type { ReactNode } from 'react'
import { classes } from './classes.ts'

export type Meaning = 'ok' | 'warn' | 'bad' | 'accent' | 'external'

export const Badge = ({ meaning, title, children }: { meaning?: Meaning; title?: string; children: ReactNode }) => (
  <span className={classes('tag', meaning)} title={title}>
    {children}
  </span>
)

const countMax = 99

type CountProps = { count: number; label: string; quiet?: boolean }

/** A number on something unread; the label says what is counted. */
export function Count({ count, label, quiet }: CountProps) {
  if (count <= 0) return null
  return (
    <span className={classes('count', quiet && 'quiet')} title={label}>
      <span aria-hidden="true">{count > countMax ? `${countMax}+` : count}</span>
      <span className="sr">{label}</span>
    </span>
  )
}
