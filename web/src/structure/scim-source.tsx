import { useState } from 'react'
import type { FormEvent } from 'react'
import { v7 as newId } from 'uuid'
import { useHere } from '../organization/organization-context.tsx'
import { Button } from '../platform/button.tsx'
import { useAct, useAnswer, useClient, useErrorText } from '../platform/client.tsx'
import { Confirm } from '../platform/confirm.tsx'
import { CopyField } from '../platform/copy-field.tsx'
import { Notice } from '../platform/notice.tsx'
import { SkeletonList } from '../platform/skeleton.tsx'
import { TextField } from '../platform/text-field.tsx'
import { useText } from '../platform/texts.tsx'
import { useDates } from '../platform/use-dates.ts'
import type { OutputOf } from '../../../sdk/commands.ts'

type State = OutputOf<'scim.get'>

/** An identity provider that writes people and groups: its keys, and what could not be followed. */
export function ScimSource() {
  const text = useText()
  const explain = useErrorText()
  const { organization } = useHere()
  const [made, setMade] = useState<string>()
  const { data, error, refetch } = useAnswer(
    'scim.get',
    { organizationId: organization.id },
    { version: organization.directoryVersion },
  )
  if (error && !data) return <Notice meaning="bad">{explain(error)}</Notice>
  if (!data) return <SkeletonList rows={4} />
  const changed = () => void refetch()
  return (
    <div className="settings source">
      <p className="muted">{text('scim.lead')}</p>
      <CopyField label={text('scim.url')} value={data.url} />
      {made && (
        <Notice meaning="ok">
          <p>{text('scim.shownOnce')}</p>
          <CopyField label={text('scim.keys')} value={made} />
        </Notice>
      )}
      <Keys state={data} onChanged={changed} />
      <NewKey
        onMade={(token) => {
          setMade(token)
          changed()
        }}
      />
      {data.userCount + data.groupCount > 0 && (
        <p className="muted">{text('scim.counts', { users: data.userCount, groups: data.groupCount })}</p>
      )}
      {data.pendingCount > 0 && <Notice>{text('scim.pending', { count: data.pendingCount })}</Notice>}
      <Faults state={data} />
    </div>
  )
}

function Keys({ state, onChanged }: { state: State; onChanged: () => void }) {
  const text = useText()
  const dates = useDates()
  const client = useClient()
  const { organization } = useHere()
  const { act, working } = useAct()
  const [asked, setAsked] = useState<State['tokens'][number]>()
  const revoke = (tokenId: string) =>
    void act(async () => {
      await client.do('scim-token.revoke', { organizationId: organization.id, tokenId })
      setAsked(undefined)
      onChanged()
    })
  if (state.tokens.length === 0) return <p className="dim">{text('scim.noKeys')}</p>
  return (
    <section aria-label={text('scim.keys')}>
      {state.tokens.map((token) => (
        <div className="row keyline" key={token.tokenId}>
          <span className="grow col">
            <span dir="auto">{token.name}</span>
            <span className="t12 dim">
              {token.usedAt === null
                ? text('scim.unused')
                : text('scim.used', { when: dates.full(new Date(token.usedAt)) })}
            </span>
          </span>
          <Button size="small" onClick={() => setAsked(token)}>
            {text('scim.revoke')}
          </Button>
        </div>
      ))}
      <Confirm
        title={text('scim.revokeTitle', { name: asked?.name ?? '' })}
        body={text('scim.revokeBody')}
        action={text('scim.revoke')}
        danger
        working={working}
        open={asked !== undefined}
        onConfirm={() => asked && revoke(asked.tokenId)}
        onClose={() => setAsked(undefined)}
      />
    </section>
  )
}

function NewKey({ onMade }: { onMade: (token: string) => void }) {
  const text = useText()
  const client = useClient()
  const { organization } = useHere()
  const { act, working } = useAct()
  const [name, setName] = useState('')
  const make = (event: FormEvent) => {
    event.preventDefault()
    if (name.trim() === '' || working) return
    void act(async () => {
      const input = { organizationId: organization.id, tokenId: newId(), name: name.trim() }
      onMade((await client.do('scim-token.create', input)).token)
      setName('')
    })
  }
  return (
    <form className="row end" onSubmit={make}>
      <span className="grow">
        <TextField
          label={text('scim.keyName')}
          value={name}
          maxLength={80}
          onChange={(event) => setName(event.target.value)}
        />
      </span>
      <Button look="primary" type="submit" working={working} disabled={name.trim() === ''}>
        {text('scim.makeKey')}
      </Button>
    </form>
  )
}

function Faults({ state }: { state: State }) {
  const text = useText()
  if (state.faultCount === 0) return null
  return (
    <Notice meaning="warn">
      <p>{text('scim.faults', { count: state.faultCount })}</p>
      <ul>
        {state.faults.map(({ personId, userName, code, value }) => (
          <li key={personId}>{text(`scim.fault.${code}`, { name: userName, value })}</li>
        ))}
      </ul>
    </Notice>
  )
}
