import { Suspense, useEffect, useMemo, useState } from 'react'
import { Redirect, Route, Switch } from 'wouter'
import type { Membership } from '../../../protocol/organization.ts'
import { isAtLeast } from '../../../protocol/roles.ts'
import type { PersonId } from '../../../protocol/ids.ts'
import { BootSkeleton } from '../conversations/boot-skeleton.tsx'
import { ConversationsScreen } from '../conversations/conversations-screen.tsx'
import { applyAccent } from '../platform/accent.ts'
import { useShortcuts } from '../platform/shortcuts.ts'
import { CommandsProvider } from './commands.tsx'
import type { AppCommands, NewKind } from './commands.tsx'
import { OrganizationProvider } from './organization-context.tsx'
import { PeopleProvider } from './people.tsx'
import {
  AuditScreen,
  AppPalette,
  ChartScreen,
  DirectScreen,
  DispatchScreen,
  ImportScreen,
  NewConversation,
  PeopleScreen,
  ReportsScreen,
  SettingsScreen,
  ShortcutSheet,
  YourDevices,
  preloadScreens,
} from './screens.ts'

type OrganizationAppProps = { membership: Membership; me: PersonId; choose: (organizationId: string) => void }

/** The app of one organization: its areas, and what can be opened from everywhere. */
export function OrganizationApp({ membership, me, choose }: OrganizationAppProps) {
  const { organization, role } = membership
  const here = useMemo(
    () => ({ organization, membership, me, isAdministrator: isAtLeast(role, 'administrator'), choose }),
    [organization, membership, me, role, choose],
  )
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
            <Switch>
              <Route path="/people/:personId?">{({ personId }) => <PeopleScreen personId={personId} />}</Route>
              <Route path="/chart/:personId?">{({ personId }) => <ChartScreen personId={personId} />}</Route>
              <Route path="/import">{here.isAdministrator ? <ImportScreen /> : <Redirect to="/people" />}</Route>
              <Route path="/dispatch">{here.isAdministrator ? <DispatchScreen /> : <Redirect to="/" />}</Route>
              <Route path="/audit">{here.isAdministrator ? <AuditScreen /> : <Redirect to="/people" />}</Route>
              <Route path="/organization">
                {here.isAdministrator ? <SettingsScreen /> : <Redirect to="/people" />}
              </Route>
              <Route path="/reports">
                <ReportsScreen />
              </Route>
              <Route path="/with/:personId">
                {({ personId }) => <DirectScreen key={personId} personId={personId} />}
              </Route>
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
          </Suspense>
        </Everywhere>
      </PeopleProvider>
    </OrganizationProvider>
  )
}

/** The palette, the list of shortcuts and the dialogue for a new conversation. */
function Everywhere({ children }: { children: React.ReactNode }) {
  const [open, setOpen] = useState<'palette' | 'sheet' | 'devices'>()
  const [making, setMaking] = useState<NewKind>()
  const commands = useMemo<AppCommands>(
    () => ({
      openPalette: () => setOpen('palette'),
      openSheet: () => setOpen('sheet'),
      openDevices: () => setOpen('devices'),
      startNew: setMaking,
    }),
    [],
  )
  useShortcuts({
    palette: commands.openPalette,
    sheet: commands.openSheet,
    newConversation: () => setMaking('direct'),
  })
  const close = () => setOpen(undefined)
  return (
    <CommandsProvider commands={commands}>
      {children}
      <Suspense fallback={null}>
        {open === 'palette' && <AppPalette onClose={close} />}
        {open === 'sheet' && <ShortcutSheet onClose={close} />}
        {open === 'devices' && <YourDevices onClose={close} />}
        {making && <NewConversation kind={making} onClose={() => setMaking(undefined)} />}
      </Suspense>
    </CommandsProvider>
  )
}
