import {
  BarChart3,
  FileUp,
  Keyboard,
  Layers,
  Mail,
  Megaphone,
  MessageSquare,
  MessagesSquare,
  MonitorSmartphone,
  Network,
  ScanLine,
  ScrollText,
  Settings,
  Ticket,
  TicketPercent,
  Users,
} from 'lucide-react'
import { useDeferredValue, useMemo, useState } from 'react'
import { useLocation } from 'wouter'
import { conversationPicture } from '../conversations/conversation-list.tsx'
import { useConversationRows } from '../conversations/use-conversations.ts'
import { Avatar } from '../platform/avatar.tsx'
import { useAnswer } from '../platform/client.tsx'
import { Palette } from '../platform/palette.tsx'
import type { PaletteEntry } from '../platform/palette.tsx'
import { shortcuts } from '../platform/shortcuts.ts'
import { useText } from '../platform/texts.tsx'
import { useCommands } from './commands.tsx'
import { useHere } from './organization-context.tsx'
import { useLevels } from './use-levels.ts'

export function AppPalette({ onClose }: { onClose: () => void }) {
  const [words, setWords] = useState('')
  const conversations = useConversationEntries()
  const people = usePeopleEntries(words)
  const actions = useActionEntries()
  const entries = useMemo(() => [...conversations, ...people, ...actions], [conversations, people, actions])
  return <Palette onClose={onClose} entries={entries} onSearch={setWords} />
}

function useConversationEntries(): PaletteEntry[] {
  const text = useText()
  const [, go] = useLocation()
  const rows = useConversationRows()
  return useMemo(
    () =>
      rows.map((row) => ({
        id: row.id,
        section: text('palette.conversations'),
        label: row.name,
        picture: conversationPicture(row),
        run: () => go(row.href),
      })),
    [rows, text, go],
  )
}

const peopleMax = 20

function usePeopleEntries(words: string): PaletteEntry[] {
  const text = useText()
  const [, go] = useLocation()
  const { organization, me } = useHere()
  const search = useDeferredValue(words.slice(0, 100))
  const { data } = useAnswer('member.list', { organizationId: organization.id, search, limit: peopleMax })
  return useMemo(
    () =>
      (data?.members ?? [])
        .filter((member) => member.personId !== me)
        .map((member) => ({
          id: member.personId,
          section: text('palette.people'),
          label: member.name,
          also: `${member.title} ${member.address}`,
          hint: member.title,
          picture: <Avatar id={member.personId} name={member.name} size="xs" />,
          run: () => go(`/with/${member.personId}`),
        })),
    [data, text, go, me],
  )
}

function useActionEntries(): PaletteEntry[] {
  const text = useText()
  const [, go] = useLocation()
  const { isAdministrator } = useHere()
  const { startNew, openSheet, openDevices } = useCommands()
  const levels = useOwnLevels()
  return useMemo(() => {
    const section = text('palette.actions')
    const entry = (label: string, icon: PaletteEntry['icon'], run: () => void, shortcut?: string): PaletteEntry => ({
      id: label,
      section,
      label,
      run,
      shortcut,
      ...(icon && { icon }),
    })
    const all = [
      entry(text('list.newDirect'), MessageSquare, () => startNew('direct'), shortcuts.newConversation),
      entry(text('list.newGroup'), MessagesSquare, () => startNew('group')),
      entry(text('list.newBroadcast'), Megaphone, () => startNew('broadcast')),
      entry(text('members.title'), Users, () => go('/people')),
      entry(text('chart.title'), Network, () => go('/chart')),
      entry(text('report.title'), BarChart3, () => go('/reports')),
      entry(text('campaigns.title'), TicketPercent, () => go('/coupons')),
      entry(text('till.title'), ScanLine, () => go('/till')),
      entry(text('booklet.title'), Ticket, () => go('/booklet')),
      entry(text('devices.title'), MonitorSmartphone, openDevices),
      ...(levels ? [entry(text('levels.makeMine'), Layers, levels)] : []),
      entry(text('shortcuts.title'), Keyboard, openSheet, shortcuts.sheet),
    ]
    if (!isAdministrator) return all
    return [
      ...all,
      entry(text('import.title'), FileUp, () => go('/import')),
      entry(text('dispatch.title'), Mail, () => go('/dispatch')),
      entry(text('organization.title'), Settings, () => go('/organization')),
      entry(text('audit.title'), ScrollText, () => go('/audit')),
    ]
  }, [text, go, isAdministrator, startNew, openSheet, openDevices, levels])
}

/** Only for a manager of managers who does not have the groups yet. */
function useOwnLevels(): (() => void) | undefined {
  const { organization, me, membership } = useHere()
  const { mayMake, make } = useLevels()
  const { data } = useAnswer(
    'chart.get',
    { organizationId: organization.id, branchOf: me },
    { version: organization.directoryVersion },
  )
  if (!data || !mayMake(me, data.positions)) return undefined
  return () => make({ personId: me, name: membership.name })
}
