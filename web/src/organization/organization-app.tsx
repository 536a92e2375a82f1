import { Suspense, useEffect, useMemo, useState } from 'react'
import { Redirect, Route, Switch } from 'wouter'
import type { Membership } from '../../../protocol/organization.ts'
import { isAtLeast } from '../../../protocol/roles.ts'
import type { PersonId } from '../../../protocol/ids.ts'
import { BootSkeleton } from '../conversations/boot-skeleton.tsx'
import { ConversationsScreen } from '../conversations/conversations-screen.tsx'
import { useKnown } from '../platform/client.tsx'
import { applyAccent } from '../platform/accent.ts'
import { useShortcuts } from '../platform/shortcuts.ts'
import { CommandsProvider } from './commands.tsx'
import type { AppCommands, NewKind } from './commands.tsx'
import { OrganizationProvider, useHere } from './organization-context.tsx'
import type { Here } from './organization-context.tsx'
import { PeopleProvider } from './people.tsx'
import {
  AuditScreen,
  AppKeeper,
  AppPalette,
  AwayScreen,
  BookletScreen,
  CampaignsScreen,
  ChartScreen,
  DirectScreen,
  DispatchScreen,
  ContactsScreen,
  ImportScreen,
  MyCode,
  PosterScreen,
  NewConversation,
  OrdersArea,
  PeopleScreen,
  ReportsScreen,
  SettingsScreen,
  ShortcutSheet,
  TillScreen,
  YourDevices,
  preloadScreens,
} from './screens.ts'

type OrganizationAppProps = { membership: Membership; me: PersonId; choose: (organizationId: string) => void }

/** The app of one organization: its areas, and what can be opened from everywhere. */
export function OrganizationApp({ membership, me, choose }: OrganizationAppProps) {
  const { organization } = membership
  const here = useMemo(() => hereOf({ membership, me, choose }), [membership, me, choose])
  useEffect(() => {
    applyAccent(organization.accent)
    return () => applyAccent(undefined)
  }, [organization.accent])
  useEffect(preloadScreens, [])
  return (
    <OrganizationProvider here={here}>
      <PeopleProvider>
        <Everywhere>
          <Suspense fallback={<BootSkeleton />}>
            <Screens />
          </Suspense>
        </Everywhere>
      </PeopleProvider>
    </OrganizationProvider>
  )
}

/** For people from outside there is nothing but their conversations and their coupons. */
function Screens() {
  const here = useHere()
  const isAway = useKnown((state) => state.personId === null)
  return (
    <Switch>
      {isAway && awayRoutes(here)}
      {!here.isOutside && insideRoutes(here)}
      <Route path="/booklet/:couponId?">{({ couponId }) => <BookletScreen couponId={couponId} />}</Route>
      <Route path="/c/:conversationId">
        {({ conversationId }) => <ConversationsScreen conversationId={conversationId} />}
      </Route>
      <Route path="/">
        <ConversationsScreen />
      </Route>
      <Route>
        <Redirect to="/" />
      </Route>
    </Switch>
  )
}

/** The server has not been reached since the app was opened: there is what this device keeps. */
const awayRoutes = ({ isOutside }: Here) => (
  <Route path={isOutside ? awayOutside : awayInside}>
    <AwayScreen />
  </Route>
)
const awayOutside = /^\/(?!booklet(\/|$))/
const awayInside = /^\/(?!(booklet|till)(\/|$))/

const insideRoutes = ({ isAdministrator }: Here) => (
  <>
    <Route path="/contacts/:personId?">{({ personId }) => <ContactsScreen personId={personId} />}</Route>
    <Route path="/coupons/:campaignId?">{({ campaignId }) => <CampaignsScreen campaignId={campaignId} />}</Route>
    {(['orders', 'order-rules', 'shops', 'order-settings'] as const).map((page) => (
      <Route key={page} path={`/${page}/:id?`}>
        {({ id }: { id?: string }) =>
          isAdministrator ? <OrdersArea page={page} id={id} /> : <Redirect to="/coupons" />
        }
      </Route>
    ))}
    <Route path="/till">
      <TillScreen />
    </Route>
    <Route path="/poster/:kind/:subjectId/:codeId">{(poster) => <PosterScreen {...poster} />}</Route>
    <Route path="/people/:personId?">{({ personId }) => <PeopleScreen personId={personId} />}</Route>
    <Route path="/chart/:personId?">{({ personId }) => <ChartScreen personId={personId} />}</Route>
    <Route path="/import">{isAdministrator ? <ImportScreen /> : <Redirect to="/people" />}</Route>
    <Route path="/dispatch">{isAdministrator ? <DispatchScreen /> : <Redirect to="/" />}</Route>
    <Route path="/audit">{isAdministrator ? <AuditScreen /> : <Redirect to="/people" />}</Route>
    <Route path="/organization">{isAdministrator ? <SettingsScreen /> : <Redirect to="/people" />}</Route>
    <Route path="/reports">
      <ReportsScreen />
    </Route>
    <Route path="/with/:personId">{({ personId }) => <DirectScreen key={personId} personId={personId} />}</Route>
  </>
)

function hereOf({ membership, me, choose }: OrganizationAppProps): Here {
  const { organization } = membership
  const isOutside = membership.role === 'contact'
  const role = membership.role === 'contact' ? 'member' : membership.role
  return { organization, membership, me, role, isOutside, isAdministrator: isAtLeast(role, 'administrator'), choose }
}

/** The palette, the list of shortcuts and the dialogue for a new conversation. */
function Everywhere({ children }: { children: React.ReactNode }) {
  const { isOutside } = useHere()
  const [open, setOpen] = useState<'palette' | 'sheet' | 'devices' | 'code'>()
  const [making, setMaking] = useState<NewKind>()
  const commands = useMemo<AppCommands>(
    () => ({
      openPalette: () => !isOutside && setOpen('palette'),
      openSheet: () => setOpen('sheet'),
      openDevices: () => setOpen('devices'),
      openMyCode: () => setOpen('code'),
      startNew: (kind) => !isOutside && setMaking(kind),
    }),
    [isOutside],
  )
  useShortcuts({
    palette: commands.openPalette,
    sheet: commands.openSheet,
    newConversation: () => commands.startNew('direct'),
  })
  const close = () => setOpen(undefined)
  return (
    <CommandsProvider commands={commands}>
      {children}
      <Suspense fallback={null}>
        <AppKeeper />
        {open === 'palette' && <AppPalette onClose={close} />}
        {open === 'sheet' && <ShortcutSheet onClose={close} />}
        {open === 'devices' && <YourDevices onClose={close} />}
        {open === 'code' && <MyCode onClose={close} />}
        {making && <NewConversation kind={making} onClose={() => setMaking(undefined)} />}
      </Suspense>
    </CommandsProvider>
  )
}
