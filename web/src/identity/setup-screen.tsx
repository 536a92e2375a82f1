import { useQuery } from '@tanstack/react-query'
import { Lock } from 'lucide-react'
import { useEffect, useState } from 'react'
import { v7 as newId } from 'uuid'
import { Link, useLocation } from 'wouter'
import type { OutputOf } from '../../../sdk/index.ts'
import { accents } from '../platform/accent-field.tsx'
import { applyAccent } from '../platform/accent.ts'
import { Button } from '../platform/button.tsx'
import { useAct, useAnswer, useClient, useErrorText } from '../platform/client.tsx'
import { Notice } from '../platform/notice.tsx'
import { useTexts } from '../platform/texts.tsx'
import type { Text } from '../platform/texts.tsx'
import { AppliedNotice, ApplyButton, ImportFile } from '../structure/import-steps.tsx'
import { ImportChanges, ImportCounts } from '../structure/import-summary.tsx'
import { useImport } from '../structure/use-import.ts'
import type { ImportWork } from '../structure/use-import.ts'
import { OrganizationForm } from './organization-form.tsx'
import type { OrganizationAnswers } from './organization-form.tsx'
import { SetupSteps } from './setup-steps.tsx'
import type { SetupStep } from './setup-steps.tsx'
import { TakingShape } from './taking-shape.tsx'
import { useDevice } from './use-device.ts'
import { Welcome } from './welcome.tsx'

type Stage = 'organization' | 'people' | 'invite'
const stages: Stage[] = ['organization', 'people', 'invite']

/** The first run: who we are, who works here, and the invitations. */
export function SetupScreen({ token }: { token: string }) {
  const { text, locale } = useTexts()
  const client = useClient()
  const explain = useErrorText()
  const check = useQuery({ queryKey: ['setup', token], queryFn: () => client.do('setup.check', { token }) })
  const [organizationId] = useState(() => newId())
  const [stage, setStage] = useState<Stage>('organization')
  const [answers, setAnswers] = useState<OrganizationAnswers>({
    name: '',
    locale,
    accent: accents[0] ?? '',
    personName: '',
    address: '',
  })
  const [isInvited, setInvited] = useState(false)
  const work = useImport(organizationId)
  useEffect(() => {
    applyAccent(answers.accent)
    return () => applyAccent(undefined)
  }, [answers.accent])
  if (isInvited) return <InvitedInstead answers={answers} isMailSet={check.data?.isMailSet ?? true} />
  const steps: SetupStep[] = [
    {
      title: stage === 'organization' ? text('setup.organization') : answers.name,
      state: stateOf('organization', stage),
      content: (
        <OrganizationStep
          token={token}
          organizationId={organizationId}
          answers={answers}
          onChange={setAnswers}
          onDone={({ deviceId }) => (deviceId ? setStage('people') : setInvited(true))}
        />
      ),
    },
    {
      title: text('setup.people'),
      state: stateOf('people', stage),
      note: peopleNote(text, work),
      content: <PeopleStep work={work} onDone={() => setStage('invite')} />,
    },
    {
      title: text('setup.invite'),
      state: stateOf('invite', stage),
      note: text('setup.inviteNote'),
      content: <InviteStep organizationId={organizationId} isMailSet={check.data?.isMailSet ?? true} />,
    },
  ]
  return (
    <Welcome
      place={text('setup.place', { host: location.host })}
      title={text('setup.title')}
      lead={text('setup.lead')}
      aside={<TakingShape organizationName={answers.name} groups={shapingGroups(work)} />}
      footer={
        <span className="row">
          <Lock className="i xs" />
          {text('setup.privacy')}
        </span>
      }
    >
      {check.error && stage === 'organization' && (
        <div className="welcome-form">
          <Notice meaning="bad">{explain(check.error)}</Notice>
        </div>
      )}
      {(check.data || stage !== 'organization') && <SetupSteps steps={steps} />}
    </Welcome>
  )
}

type InvitedInsteadProps = { answers: OrganizationAnswers; isMailSet: boolean }

/** Only the first organization of a server signs its administrator in; the address of a later one must prove itself. */
function InvitedInstead({ answers: { name, address }, isMailSet }: InvitedInsteadProps) {
  const { text } = useTexts()
  return (
    <Welcome
      place={text('setup.place', { host: location.host })}
      title={text('setup.createdTitle', { name })}
      lead={text(isMailSet ? 'setup.created' : 'setup.createdNoMail', { address })}
    >
      <div className="welcome-form">
        <Link className="btn" href="/">
          {text('signIn.title')}
        </Link>
      </div>
    </Welcome>
  )
}

function stateOf(step: Stage, now: Stage): SetupStep['state'] {
  if (step === now) return 'now'
  return stages.indexOf(step) < stages.indexOf(now) ? 'done' : 'later'
}

const peopleNote = (text: Text, { preview, applied }: ImportWork): string =>
  applied
    ? text('count.people', { count: applied.created + applied.changed })
    : preview
      ? text('import.rows', { count: preview.rowCount })
      : ''

const shapingGroups = ({ preview }: ImportWork) =>
  preview?.groups.map(({ name, kind, after }) => ({ name, kind, count: after })) ?? []

type OrganizationStepProps = {
  token: string
  organizationId: string
  answers: OrganizationAnswers
  onChange: (answers: OrganizationAnswers) => void
  onDone: (created: OutputOf<'organization.create'>) => void
}

function OrganizationStep({ token, organizationId, answers, onChange, onDone }: OrganizationStepProps) {
  const client = useClient()
  const explain = useErrorText()
  const device = useDevice()
  const [working, setWorking] = useState(false)
  const [error, setError] = useState<string>()
  const submit = () => {
    setWorking(true)
    setError(undefined)
    const { name, locale, accent, personName, address } = answers
    const administrator = { name: personName, address }
    client
      .do('organization.create', { token, organizationId, name, locale, accent, administrator, device })
      .then(onDone, (fault: unknown) => setError(explain(fault)))
      .finally(() => setWorking(false))
  }
  return <OrganizationForm answers={answers} working={working} error={error} onChange={onChange} onSubmit={submit} />
}

function PeopleStep({ work, onDone }: { work: ImportWork; onDone: () => void }) {
  const { text } = useTexts()
  const { preview } = work
  return (
    <div className="setup-people">
      {work.step === 'choose' && <p className="muted">{text('import.lead')}</p>}
      {work.step !== 'applied' && <ImportFile work={work} />}
      {preview && work.step !== 'applied' && (
        <div className="setup-preview">
          <ImportCounts counts={preview.counts} />
          {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- without it the keyboard cannot scroll */}
          <section className="scroll" aria-label={text('import.preview')} tabIndex={0}>
            <ImportChanges preview={preview} />
          </section>
        </div>
      )}
      <AppliedNotice work={work} />
      <div className="row wrap">
        {work.step === 'applied' ? (
          <Button look="primary" onClick={onDone}>
            {text('setup.continue')}
          </Button>
        ) : (
          <>
            <ApplyButton work={work} />
            {work.step !== 'applying' && (
              <Button look="quiet" onClick={onDone}>
                {text('setup.peopleSkip')}
              </Button>
            )}
          </>
        )}
      </div>
    </div>
  )
}

function InviteStep({ organizationId, isMailSet }: { organizationId: string; isMailSet: boolean }) {
  const { text } = useTexts()
  const client = useClient()
  const [, go] = useLocation()
  const { act, working } = useAct()
  const [invited, setInvited] = useState<number>()
  const { data } = useAnswer('member.list', { organizationId, state: 'invited', limit: 1 })
  const invite = () => void act(async () => setInvited((await client.do('member.invite', { organizationId })).count))
  const finish = () => go('/', { replace: true })
  const count = data?.total ?? 0
  return (
    <div className="setup-people">
      <p className="muted">{text('setup.inviteBody')}</p>
      {!isMailSet && <Notice meaning="warn">{text('setup.inviteNoMail')}</Notice>}
      {invited !== undefined && <Notice meaning="ok">{text('members.invited', { count: invited })}</Notice>}
      <div className="row wrap">
        {invited === undefined && count > 0 ? (
          <>
            <Button look="primary" working={working} onClick={invite}>
              {text('members.inviteAll', { count })}
            </Button>
            <Button look="quiet" onClick={finish}>
              {text('setup.inviteLater')}
            </Button>
          </>
        ) : (
          <Button look="primary" onClick={finish}>
            {text('setup.finish')}
          </Button>
        )}
      </div>
    </div>
  )
}
