import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { Link, useLocation } from 'wouter'
import type { AskedPairing } from '../../../protocol/identity.ts'
import { applyAccent } from '../platform/accent.ts'
import { useClient, useErrorText } from '../platform/client.tsx'
import { Notice } from '../platform/notice.tsx'
import { SkeletonList } from '../platform/skeleton.tsx'
import { useText } from '../platform/texts.tsx'
import { CodeForm } from './code-form.tsx'
import { useDevice } from './use-device.ts'
import { WaitForDevice } from './wait-for-device.tsx'
import { Welcome } from './welcome.tsx'

/** Where the link of an invitation leads: the code from the same message, and one is in. */
export function InvitationScreen({ token }: { token: string }) {
  const text = useText()
  const client = useClient()
  const explain = useErrorText()
  const { data, error } = useQuery({
    queryKey: ['invitation', token],
    queryFn: () => client.do('invitation.get', { token }),
  })
  const redeem = useRedeem(token)
  const [, go] = useLocation()
  const accent = data?.accent
  useEffect(() => {
    applyAccent(accent)
    return () => applyAccent(undefined)
  }, [accent])
  const home = () => go('/', { replace: true })
  if (redeem.pairing) return <WaitForDevice pairing={redeem.pairing} onDone={home} onStartOver={home} />
  return (
    <Welcome
      place={text('signIn.place', { host: location.host })}
      title={data ? text('invitation.title', { organization: data.organizationName }) : text('signIn.title')}
      lead={data ? text('invitation.lead', { name: data.personName }) : ''}
    >
      {error && (
        <div className="welcome-form">
          <Notice meaning="bad">{explain(error)}</Notice>
          <Link className="btn primary" href="/">
            {text('signIn.title')}
          </Link>
        </div>
      )}
      {!data && !error && <SkeletonList rows={2} />}
      {data && (
        <CodeForm
          help={text('invitation.help', { address: data.address })}
          action={text('invitation.enter')}
          working={redeem.working}
          error={redeem.error}
          onSubmit={redeem.run}
        />
      )}
    </Welcome>
  )
}

function useRedeem(token: string) {
  const client = useClient()
  const explain = useErrorText()
  const device = useDevice()
  const [, go] = useLocation()
  const [working, setWorking] = useState(false)
  const [error, setError] = useState<string>()
  const [pairing, setPairing] = useState<AskedPairing>()
  const run = (code: string) => {
    setWorking(true)
    setError(undefined)
    client
      .do('invitation.redeem', { token, code, device })
      .then(
        (started) => ('pairing' in started ? setPairing(started.pairing) : go('/', { replace: true })),
        (fault: unknown) => setError(explain(fault)),
      )
      .finally(() => setWorking(false))
  }
  return { working, error, pairing, run }
}
