import { Building2 } from 'lucide-react'
import type { Membership } from '../../../protocol/organization.ts'
import { Button } from '../platform/button.tsx'
import { useAct, useClient, useKnown } from '../platform/client.tsx'
import { EmptyState } from '../platform/empty-state.tsx'
import { useText } from '../platform/texts.tsx'
import { Welcome } from './welcome.tsx'

/** For a person who is in no organization: invitations that wait for an answer, or nothing. */
export function WaitingScreen() {
  const text = useText()
  const client = useClient()
  const { act } = useAct()
  const memberships = useKnown((state) => state.memberships)
  const invitations = memberships.filter(({ state }) => state === 'invited')
  return (
    <Welcome
      place={text('signIn.place', { host: location.host })}
      title={text('waiting.title')}
      lead={invitations.length > 0 ? text('waiting.lead') : ''}
    >
      {invitations.map((membership) => (
        <InvitationCard key={membership.organization.id} membership={membership} />
      ))}
      {invitations.length === 0 && (
        <EmptyState icon={Building2} title={text('waiting.none')} body={text('waiting.noneBody')}>
          <Button onClick={() => void act(() => client.do('session.end', {}))}>{text('session.signOut')}</Button>
        </EmptyState>
      )}
    </Welcome>
  )
}

function InvitationCard({ membership }: { membership: Membership }) {
  const text = useText()
  const client = useClient()
  const { act, working } = useAct()
  const input = { organizationId: membership.organization.id }
  return (
    <div className="row wrap invitation-card">
      <span className="grow strong">{membership.organization.name}</span>
      <Button look="quiet" onClick={() => void act(() => client.do('invitation.decline', input))}>
        {text('waiting.decline')}
      </Button>
      <Button look="primary" working={working} onClick={() => void act(() => client.do('invitation.accept', input))}>
        {text('waiting.accept')}
      </Button>
    </div>
  )
}
