import { PlugZap } from 'lucide-react'
import { Suspense, useCallback, useState } from 'react'
import { Route, Switch, useLocation } from 'wouter'
import { isCodeToken } from './codes/code-token.ts'
import { useSession } from './identity/last-session.ts'
import { linkToken } from './identity/link-token.ts'
import { OrganizationApp } from './organization/organization-app.tsx'
import { BootSkeleton } from './conversations/boot-skeleton.tsx'
import { Button } from './platform/button.tsx'
import { useKnown, useStatus } from './platform/client.tsx'
import { EmptyState } from './platform/empty-state.tsx'
import { later } from './platform/later.tsx'
import { useText } from './platform/texts.tsx'

const SignInScreen = later(async () => (await import('./identity/sign-in-screen.tsx')).SignInScreen)
const InvitationScreen = later(async () => (await import('./identity/invitation-screen.tsx')).InvitationScreen)
const WaitingScreen = later(async () => (await import('./identity/waiting-screen.tsx')).WaitingScreen)
const CallbackScreen = later(async () => (await import('./identity/callback-screen.tsx')).CallbackScreen)
const PairScreen = later(async () => (await import('./identity/pair-screen.tsx')).PairScreen)
const PairingAlerts = later(async () => (await import('./identity/pairing-alerts.tsx')).PairingAlerts)
const SetupScreen = later(async () => (await import('./identity/setup-screen.tsx')).SetupScreen)

const CodeScreen = later(async () => (await import('./codes/code-screen.tsx')).CodeScreen)
const ScanScreen = later(async () => (await import('./codes/scan-screen.tsx')).ScanScreen)

/** What comes before the app has its own addresses; all else needs a session. */
export function App() {
  const [place] = useLocation()
  const token = place.startsWith('/c/') ? place.slice('/c/'.length) : ''
  if (token !== '' && isCodeToken(token))
    return (
      <Suspense fallback={<BootSkeleton />}>
        <CodeScreen key={token} token={token} choose={keepChosen} />
      </Suspense>
    )
  return (
    <Suspense fallback={<BootSkeleton />}>
      <Switch>
        <Route path="/setup/*?">{() => <SetupScreen token={linkToken(location, '/setup')} />}</Route>
        <Route path="/join/*?">{() => <InvitationScreen token={linkToken(location, '/join')} />}</Route>
        <Route path="/pair/*?">{() => <PairScreen token={linkToken(location, '/pair')} />}</Route>
        <Route path="/sign-in/callback/:sourceId">
          {({ sourceId }) => <CallbackScreen sourceId={sourceId} search={location.search} />}
        </Route>
        <Route path="/scan">
          <ScanScreen />
        </Route>
        <Route>
          <Inside />
        </Route>
      </Switch>
    </Suspense>
  )
}

const chosenKey = 'shoptalk.organization'
const keepChosen = (organizationId: string) => localStorage.setItem(chosenKey, organizationId)

function Inside() {
  const status = useStatus()
  const session = useSession()
  const isAsked = useKnown((state) => state.pairings.length > 0)
  const [chosen, setChosen] = useState(() => localStorage.getItem(chosenKey))
  const choose = useCallback((organizationId: string) => {
    keepChosen(organizationId)
    setChosen(organizationId)
  }, [])
  if (status === 'signed-out') return <SignInScreen />
  if (status === 'stopped') return <Stopped />
  if (!session) return <BootSkeleton />
  const { me, memberships } = session
  const active = memberships.filter(({ state }) => state === 'active')
  const membership = active.find(({ organization }) => organization.id === chosen) ?? active[0]
  return (
    <>
      {membership ? (
        <OrganizationApp key={membership.organization.id} membership={membership} me={me} choose={choose} />
      ) : (
        <WaitingScreen />
      )}
      {isAsked && (
        <Suspense fallback={null}>
          <PairingAlerts />
        </Suspense>
      )}
    </>
  )
}

function Stopped() {
  const text = useText()
  return (
    <main className="stopped">
      <EmptyState icon={PlugZap} title={text('stopped.title')} body={text('stopped.body')} isPage>
        <Button look="primary" onClick={() => location.reload()}>
          {text('stopped.reload')}
        </Button>
      </EmptyState>
    </main>
  )
}
