import { useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { Link, useLocation } from 'wouter'
import type { ScannedCode } from '../../../protocol/codes.ts'
import { AddressForm } from '../identity/address-form.tsx'
import { CodeForm } from '../identity/code-form.tsx'
import { Welcome } from '../identity/welcome.tsx'
import { applyAccent } from '../platform/accent.ts'
import { Button } from '../platform/button.tsx'
import { useAct, useClient, useErrorText, useStatus } from '../platform/client.tsx'
import { Notice } from '../platform/notice.tsx'
import { SkeletonList } from '../platform/skeleton.tsx'
import { useText } from '../platform/texts.tsx'
import { useJoin } from './use-join.ts'

type Screen = { token: string; choose: (organizationId: string) => void }

/** Where a scanned code leads: what one joins, who will know, and one tap to be in. */
export function CodeScreen({ token, choose }: Screen) {
  const text = useText()
  const client = useClient()
  const explain = useErrorText()
  const status = useStatus()
  const isSignedIn = status !== 'signed-out'
  const { data, error, refetch } = useQuery({
    queryKey: ['code', token, isSignedIn],
    queryFn: () => client.do('code.scan', { token }),
    enabled: status !== 'connecting',
    staleTime: Infinity,
  })
  const accent = data?.organization.accent
  useEffect(() => {
    applyAccent(accent)
    return () => applyAccent(undefined)
  }, [accent])
  return (
    <Welcome
      place={data?.organization.name ?? text('signIn.place', { host: location.host })}
      title={data ? text(isCoupon(data) ? 'code.coupon' : 'code.join', { title: data.title }) : text('scan.title')}
      lead={data ? text(leadOf(data), { names: data.ownerNames.join(', ') }) : ''}
    >
      {error && (
        <div className="welcome-form">
          <Notice meaning="bad">{explain(error)}</Notice>
          <Link className="btn" href="/">
            {text('action.back')}
          </Link>
        </div>
      )}
      {!data && !error && <SkeletonList rows={2} />}
      {data?.standing === 'in' && <Inside code={data} choose={choose} onLeft={() => void refetch()} />}
      {data && data.standing !== 'in' && <Outside code={data} token={token} choose={choose} />}
    </Welcome>
  )
}

const isCoupon = ({ kind }: ScannedCode) => kind === 'coupon'

function leadOf(code: ScannedCode) {
  if (isCoupon(code)) return 'code.leadCoupon'
  return code.isOneWay === null ? 'code.leadPerson' : code.isOneWay ? 'code.leadBroadcast' : 'code.leadGroup'
}

/** Already there: in, or out again. */
function Inside({ code, choose, onLeft }: { code: ScannedCode; choose: Screen['choose']; onLeft: () => void }) {
  const text = useText()
  const client = useClient()
  const [, go] = useLocation()
  const { act, working } = useAct()
  const { organizationId, conversationId } = code
  if (!organizationId || !conversationId) return null
  const open = () => {
    choose(organizationId)
    go(`/c/${conversationId}`)
  }
  const leave = () =>
    void act(async () => {
      await client.do('conversation.leave', { organizationId, conversationId })
      onLeft()
    })
  return (
    <div className="welcome-form">
      <Notice meaning="ok">{text(isCoupon(code) ? 'code.inCoupon' : 'code.in')}</Notice>
      <Button look="primary" onClick={open}>
        {text('code.open')}
      </Button>
      {!isCoupon(code) && (
        <Button working={working} onClick={leave}>
          {text('people.leave')}
        </Button>
      )}
    </div>
  )
}

function Outside({ code, token, choose }: { code: ScannedCode } & Screen) {
  const text = useText()
  const { step, address, error, working, ...join } = useJoin(token, choose)
  const now = text(isCoupon(code) ? 'code.getCoupon' : 'code.joinNow')
  const known = text('code.known', { names: code.ownerNames.join(', ') })
  const oneTap = code.standing === 'out' ? join.asMyself : step === 'confirm' ? join.confirm : undefined
  if (oneTap)
    return (
      <div className="welcome-form">
        {error && <Notice meaning="bad">{error}</Notice>}
        <Button look="primary" working={working} onClick={oneTap}>
          {now}
        </Button>
        <p className="help">{known}</p>
      </div>
    )
  if (step === 'sent')
    return (
      <>
        <div className="code-sent">
          <Notice meaning="ok">{text('code.sent', { address })}</Notice>
        </div>
        <CodeForm help={text('code.sentHelp')} action={now} working={working} error={error} onSubmit={join.enter} />
      </>
    )
  return (
    <>
      <AddressForm
        address={address}
        working={working}
        error={error}
        action={text('code.continue')}
        onSubmit={join.ask}
      />
      {code.admitsAnonymous && (
        <div className="code-other">
          <Button working={working} onClick={join.anonymously}>
            {text('code.anonymously')}
          </Button>
        </div>
      )}
      <p className="help code-known">{known}</p>
    </>
  )
}
