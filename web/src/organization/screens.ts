import { createElement, lazy } from 'react'
import type { ComponentType } from 'react'

const load = {
  deleting: () => import('../conversations/delete-message.tsx'),
  tools: () => import('../conversations/message-tools.tsx'),
  pane: () => import('../conversations/conversation-pane.tsx'),
  listeners: () => import('../conversations/listener-line.tsx'),
  palette: () => import('./app-palette.tsx'),
  audit: () => import('../audit/audit-screen.tsx'),
  chart: () => import('./chart-screen.tsx'),
  contacts: () => import('../contacts/contacts-screen.tsx'),
  direct: () => import('../conversations/direct-screen.tsx'),
  devices: () => import('../identity/your-devices.tsx'),
  dispatch: () => import('../dispatch/dispatch-screen.tsx'),
  import: () => import('../structure/import-screen.tsx'),
  newConversation: () => import('../conversations/new-conversation.tsx'),
  myCode: () => import('../codes/my-code.tsx'),
  people: () => import('./people-screen.tsx'),
  reports: () => import('../reports/reports-screen.tsx'),
  poster: () => import('../codes/poster-screen.tsx'),
  settings: () => import('./settings-screen.tsx'),
  shortcuts: () => import('../platform/shortcut-sheet.tsx'),
}

const preloads: (() => Promise<unknown>)[] = []

export const MessageTools = lazy(async () => ({ default: (await load.tools()).MessageTools }))
export const AuditScreen = lazy(async () => ({ default: (await load.audit()).AuditScreen }))
export const AppPalette = atHand(async () => (await load.palette()).AppPalette)
export const DeleteMessage = lazy(async () => ({ default: (await load.deleting()).DeleteMessage }))
export const ConversationPane = lazy(async () => ({ default: (await load.pane()).ConversationPane }))
export const ListenerLine = lazy(async () => ({ default: (await load.listeners()).ListenerLine }))
export const ChartScreen = lazy(async () => ({ default: (await load.chart()).ChartScreen }))
export const ContactsScreen = lazy(async () => ({ default: (await load.contacts()).ContactsScreen }))
export const MyCode = lazy(async () => ({ default: (await load.myCode()).MyCode }))
export const PosterScreen = lazy(async () => ({ default: (await load.poster()).PosterScreen }))
export const DirectScreen = lazy(async () => ({ default: (await load.direct()).DirectScreen }))
export const DispatchScreen = lazy(async () => ({ default: (await load.dispatch()).DispatchScreen }))
export const ImportScreen = lazy(async () => ({ default: (await load.import()).ImportScreen }))
export const NewConversation = lazy(async () => ({ default: (await load.newConversation()).NewConversation }))
export const PeopleScreen = lazy(async () => ({ default: (await load.people()).PeopleScreen }))
export const ReportsScreen = lazy(async () => ({ default: (await load.reports()).ReportsScreen }))
export const SettingsScreen = lazy(async () => ({ default: (await load.settings()).SettingsScreen }))
export const ShortcutSheet = lazy(async () => ({ default: (await load.shortcuts()).ShortcutSheet }))
export const YourDevices = lazy(async () => ({ default: (await load.devices()).YourDevices }))

/**
 * Like `lazy`, but once it has come it is drawn at once: who opens the palette types on, and no key may be lost while
 * React waits for what is there.
 */
function atHand<Props extends object>(bring: () => Promise<ComponentType<Props>>): ComponentType<Props> {
  let there: ComponentType<Props> | undefined
  const take = async () => (there = await bring())
  const Late = lazy(async () => ({ default: await take() }))
  preloads.push(take)
  return (props) => createElement<Props>(there ?? Late, props)
}

/** After the first screen is drawn and answered, the others come, so that no click waits for the network. */
const quietAfterMs = 1_500

export function preloadScreens(): () => void {
  const timer = setTimeout(() => {
    // What does not come now is asked for again when it is opened.
    for (const bring of [...Object.values(load), ...preloads]) bring().catch(() => undefined)
  }, quietAfterMs)
  return () => clearTimeout(timer)
}
