import type { Conversation } from '../../../sdk/index.ts'
import { useText } from '../platform/texts.tsx'
import type { Text } from '../platform/texts.tsx'
import type { Names } from './names.ts'

type LogStartProps = { kind: 'direct' | 'group' | 'broadcast'; name: string; made?: string | undefined }

/** Above the first message: what this place is, and who has made it out of what. */
export function LogStart({ kind, name, made }: LogStartProps) {
  const text = useText()
  return (
    <div className="log-start">
      <h2 dir="auto">{name}</h2>
      {made && (
        <p className="t13" dir="auto">
          {made}
        </p>
      )}
      <p className="muted t13">{text(`conversation.start.${kind}`, { name })}</p>
    </div>
  )
}

/** Of a group that was made from another. Listeners of a broadcast know its owners alone. */
export function madeLine(text: Text, { made, ownerIds }: Conversation, names: Names): string | undefined {
  if (!made) return undefined
  const name = (made.byId ? [made.byId] : ownerIds).map(names).join(', ')
  if (made.fromName === null) return text('conversation.made', { name })
  return text('conversation.madeFrom', { name, from: made.fromName })
}
