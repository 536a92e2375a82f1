import { TriangleAlert } from 'lucide-react'
import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button } from './button.tsx'
import { useText } from './texts.tsx'

type EmptyStateProps = {
  icon: LucideIcon
  title: string
  body: string
  /** There is nothing else on the page: its title is the page's. */
  isPage?: boolean
  children?: ReactNode
}

/** Nothing is here, and what to do about it. */
export const EmptyState = ({ icon: Icon, title, body, isPage, children }: EmptyStateProps) => (
  <div className="empty">
    <Icon className="i" />
    {isPage ? <h1>{title}</h1> : <h2>{title}</h2>}
    <p>{body}</p>
    {children}
  </div>
)

type ErrorStateProps = { title: string; body: string; onRetry?: (() => void) | undefined; children?: ReactNode }

export function ErrorState({ title, body, onRetry, children }: ErrorStateProps) {
  const text = useText()
  return (
    <div className="empty" role="alert">
      <TriangleAlert className="i" />
      <h2>{title}</h2>
      <p>{body}</p>
      {onRetry && <Button onClick={onRetry}>{text('action.tryAgain')}</Button>}
      {children}
    </div>
  )
}
