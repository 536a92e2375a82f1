import { later, laterAtHand, laterIfThere } from '../platform/later.tsx'

const load = {
  deleting: () => import('../conversations/delete-message.tsx'),
  tools: () => import('../conversations/message-tools.tsx'),
  pane: () => import('../conversations/conversation-pane.tsx'),
  fields: () => import('../conversations/fields-button.tsx'),
  listeners: () => import('../conversations/listener-line.tsx'),
  palette: () => import('./app-palette.tsx'),
  away: () => import('../offline/away-screen.tsx'),
  audit: () => import('../audit/audit-screen.tsx'),
  chart: () => import('./chart-screen.tsx'),
  contacts: () => import('../contacts/contacts-screen.tsx'),
  attachMedia: () => import('../media/attach-media.tsx'),
  attachCoupon: () => import('../coupons/attach-coupon.tsx'),
  booklet: () => import('../coupons/booklet-screen.tsx'),
  campaigns: () => import('../coupons/campaigns-screen.tsx'),
  coupon: () => import('../coupons/coupon-in-message.tsx'),
  till: () => import('../coupons/till-screen.tsx'),
  direct: () => import('../conversations/direct-screen.tsx'),
  devices: () => import('../identity/your-devices.tsx'),
  dispatch: () => import('../dispatch/dispatch-screen.tsx'),
  import: () => import('../structure/import-screen.tsx'),
  newConversation: () => import('../conversations/new-conversation.tsx'),
  media: () => import('../media/media-in-message.tsx'),
  mediaTray: () => import('../media/media-tray.tsx'),
  myCode: () => import('../codes/my-code.tsx'),
  orders: () => import('../orders/orders-area.tsx'),
  people: () => import('./people-screen.tsx'),
  reports: () => import('../reports/reports-screen.tsx'),
  poster: () => import('../codes/poster-screen.tsx'),
  settings: () => import('./settings-screen.tsx'),
  signOut: () => import('./sign-out.tsx'),
  shortcuts: () => import('../platform/shortcut-sheet.tsx'),
}

export const MessageTools = later(async () => (await load.tools()).MessageTools)
export const AwayScreen = later(async () => (await load.away()).AwayScreen)
export const AppKeeper = laterIfThere(async () => {
  await untilQuiet()
  return (await import('../offline/app-keeper.tsx')).AppKeeper
})
export const AuditScreen = later(async () => (await load.audit()).AuditScreen)
const palette = laterAtHand(async () => (await load.palette()).AppPalette)
export const AppPalette = palette.AtHand
export const DeleteMessage = later(async () => (await load.deleting()).DeleteMessage)
export const ConversationPane = later(async () => (await load.pane()).ConversationPane)
export const FieldsButton = later(async () => (await load.fields()).FieldsButton)
export const ListenerLine = later(async () => (await load.listeners()).ListenerLine)
export const ChartScreen = later(async () => (await load.chart()).ChartScreen)
export const ContactsScreen = later(async () => (await load.contacts()).ContactsScreen)
export const AttachCoupon = later(async () => (await load.attachCoupon()).AttachCoupon)
export const AttachMedia = laterIfThere(async () => (await load.attachMedia()).AttachMedia)
export const ChosenCoupon = later(async () => (await load.attachCoupon()).ChosenCoupon)
export const BookletScreen = later(async () => (await load.booklet()).BookletScreen)
export const CampaignsScreen = later(async () => (await load.campaigns()).CampaignsScreen)
export const CouponInMessage = later(async () => (await load.coupon()).CouponInMessage)
export const TillScreen = later(async () => (await load.till()).TillScreen)
export const MediaInMessage = later(async () => (await load.media()).MediaInMessage)
export const MediaTray = later(async () => (await load.mediaTray()).MediaTray)
export const MyCode = later(async () => (await load.myCode()).MyCode)
export const PosterScreen = later(async () => (await load.poster()).PosterScreen)
export const DirectScreen = later(async () => (await load.direct()).DirectScreen)
export const DispatchScreen = later(async () => (await load.dispatch()).DispatchScreen)
export const ImportScreen = later(async () => (await load.import()).ImportScreen)
export const NewConversation = later(async () => (await load.newConversation()).NewConversation)
export const OrdersArea = later(async () => (await load.orders()).OrdersArea)
export const PeopleScreen = later(async () => (await load.people()).PeopleScreen)
export const ReportsScreen = later(async () => (await load.reports()).ReportsScreen)
export const SettingsScreen = later(async () => (await load.settings()).SettingsScreen)
export const ShortcutSheet = later(async () => (await load.shortcuts()).ShortcutSheet)
export const SignOut = later(async () => (await load.signOut()).SignOut)
export const YourDevices = later(async () => (await load.devices()).YourDevices)

/** After the first screen is drawn and answered, the others come, so that no click waits for the network. */
const quietAfterMs = 1_500

const untilQuiet = () => new Promise((resolve) => void setTimeout(resolve, 2 * quietAfterMs))

export function preloadScreens(): () => void {
  const timer = setTimeout(() => {
    // What does not come now is asked for again when it is opened.
    for (const bring of [...Object.values(load), palette.preload]) bring().catch(() => undefined)
  }, quietAfterMs)
  return () => clearTimeout(timer)
}
