import { useText } from '../platform/texts.tsx'

type LogStartProps = { kind: 'direct' | 'group' | 'broadcast'; name: string }

/** Above the first message: what this place is. */
export function LogStart({ kind, name }: LogStartProps) {
  const text = useText()
  return (
    <div className="log-start">
      <h2 dir="auto">{name}</h2>
      <p className="muted t13">{text(`conversation.start.${kind}`, { name })}</p>
    </div>
  )
}
