import { CircleCheck, Info, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { classes } from './classes.ts'

type NoticeProps = {
  meaning?: 'ok' | 'warn' | 'bad' | 'accent'
  children: ReactNode
  action?: { label: string; onSelect: () => void } | undefined
}

export function Notice({ meaning, children, action }: NoticeProps) {
  const Icon = meaning === 'ok' ? CircleCheck : meaning === 'warn' || meaning === 'bad' ? TriangleAlert : Info
  return (
    <div className={classes('note', meaning)} role={meaning === 'bad' ? 'alert' : undefined}>
      <Icon className="i s" />
      <span className="grow">{children}</span>
      {action && (
        <button type="button" className="act" onClick={action.onSelect}>
          {action.label}
        </button>
      )}
    </div>
  )
}
