import { Megaphone, MessagesSquare, Pencil } from 'lucide-react'
import { useState } from 'react'
import { Link } from 'wouter'
import { Avatar } from '../platform/avatar.tsx'
import { Count } from '../platform/badge.tsx'
import { classes } from '../platform/classes.ts'
import { useDates } from '../platform/use-dates.ts'
import { useNow } from '../platform/now.ts'
import { useText } from '../platform/texts.tsx'
import type { ConversationRow } from './view.ts'

const filters = ['all', 'group', 'broadcast', 'direct'] as const

/** The list of phones: newest first, with what was said last. */
export function Inbox({ conversations }: { conversations: readonly ConversationRow[] }) {
  const text = useText()
  const [filter, setFilter] = useState<(typeof filters)[number]>('all')
  const shown = conversations
    .filter((conversation) => filter === 'all' || conversation.kind === filter)
    .toSorted((a, b) => (b.lastAt?.getTime() ?? 0) - (a.lastAt?.getTime() ?? 0))
  return (
    <>
      <fieldset className="chips" aria-label={text('list.filter')}>
        {filters.map((one) => (
          <button key={one} type="button" className="btn" aria-pressed={filter === one} onClick={() => setFilter(one)}>
            {text(`list.filter.${one}`)}
          </button>
        ))}
      </fieldset>
      <ul className="scroll">
        {shown.map((conversation) => (
          <li key={conversation.id}>
            <InboxRow {...conversation} />
          </li>
        ))}
      </ul>
    </>
  )
}

function InboxRow(row: ConversationRow) {
  const text = useText()
  const dates = useDates()
  const now = useNow()
  const excerpt = row.draft ? text('list.draftOf', { words: row.draft }) : (row.excerpt ?? '')
  const Icon = row.kind === 'broadcast' ? Megaphone : MessagesSquare
  return (
    <Link href={row.href} className={classes('conv', row.unread > 0 && 'unread')}>
      {row.person ? (
        <Avatar {...row.person} />
      ) : (
        <span className="conv-icon">
          <Icon className="i l" />
        </span>
      )}
      <span className="conv-name cut" title={row.name} dir="auto">
        {row.name}
        {row.person?.presence && <span className="sr">, {text('presence.online')}</span>}
      </span>
      <time className="num" dateTime={row.lastAt?.toISOString()}>
        {row.lastAt ? dates.short(row.lastAt, now) : ''}
      </time>
      <span className="excerpt cut" title={excerpt} dir="auto">
        {excerpt}
      </span>
      <span className="conv-end">
        {row.draft && row.unread === 0 ? (
          <Pencil className="i s dim" />
        ) : (
          <Count count={row.unread} label={text('list.unreadCount', { count: row.unread })} />
        )}
      </span>
    </Link>
  )
}
