import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { Link, useLocation } from 'wouter'
import { RequestError } from '../../../sdk/index.ts'
import type { Client, InputOf } from '../../../sdk/index.ts'
import { Button } from '../platform/button.tsx'
import { useClient, useErrorText } from '../platform/client.tsx'
import { Notice } from '../platform/notice.tsx'
import { SkeletonList } from '../platform/skeleton.tsx'
import { useText } from '../platform/texts.tsx'
import { keepPairing } from './kept-pairing.ts'
import { useDevice } from './use-device.ts'
import { Welcome } from './welcome.tsx'

/** Where a provider sends the browser back to: it is in, or reads what to do next. */
export function CallbackScreen({ sourceId, search }: { sourceId: string; search: string }) {
  const text = useText()
  const client = useClient()
  const device = useDevice()
  const [, go] = useLocation()
  // What came back is good once: it is handed in once, however often this is drawn.
  const { data, error } = useQuery({
    queryKey: ['sign-in-return', sourceId, search],
    queryFn: () => finish(client, returnedIn(sourceId, search), device),
    staleTime: Infinity,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  })
  useEffect(() => {
    if (!data) return
    // The sign-in screen goes on to wait for the device that must let this one in.
    if ('pairing' in data) keepPairing(data.pairing)
    go('/', { replace: true })
  }, [data, go])
  return (
    <Welcome
      place={text('signIn.place', { host: location.host })}
      title={text(error ? 'signIn.failedTitle' : 'signIn.title')}
      lead={error ? '' : text('signIn.returning')}
    >
      {error ? <Failed sourceId={sourceId} fault={error} /> : <SkeletonList rows={2} />}
    </Welcome>
  )
}

function Failed({ sourceId, fault }: { sourceId: string; fault: unknown }) {
  const text = useText()
  const client = useClient()
  const explain = useErrorText()
  const [working, setWorking] = useState(false)
  const [again, setAgain] = useState<unknown>()
  const begin = () => {
    setWorking(true)
    client.do('sign-in.begin', { sourceId }).then(
      ({ url }) => location.assign(url),
      (refusal: unknown) => {
        setAgain(refusal)
        setWorking(false)
      },
    )
  }
  const shown = again ?? fault
  return (
    <div className="welcome-form">
      <Notice meaning="bad">{shown instanceof Refused ? text('signIn.refusedThere') : explain(shown)}</Notice>
      <div className="row wrap">
        <Button look="primary" working={working} onClick={begin}>
          {text('signIn.again')}
        </Button>
        <Link className="btn" href="/">
          {text('signIn.withCode')}
        </Link>
      </div>
    </div>
  )
}

type Returned = InputOf<'sign-in.return'>
type Device = InputOf<'session.start-with-provider'>['device']

function returnedIn(sourceId: string, search: string): Returned {
  const found = new URLSearchParams(search)
  const part = (name: 'code' | 'error' | 'iss') => {
    const value = found.get(name)
    return value === null ? {} : { [name]: value }
  }
  return { sourceId, state: found.get('state') ?? '', ...part('code'), ...part('error'), ...part('iss') }
}

/** The provider itself has said no, or the person there has. */
class Refused extends Error {}

/** The server asks the provider meanwhile; it answers within some seconds. */
async function finish(client: Client, returned: Returned, device: Device) {
  const { attemptId } = await client.do('sign-in.return', returned)
  if (returned.error === 'access_denied') throw new Refused()
  for (;;) {
    try {
      return await client.do('session.start-with-provider', { attemptId, device })
    } catch (fault) {
      if (!(fault instanceof RequestError) || fault.code !== 'sign-in.pending') throw fault
      await new Promise((resolve) => setTimeout(resolve, fault.retryAfterMs))
    }
  }
}
