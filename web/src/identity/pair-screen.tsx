import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Link } from 'wouter'
import type { Pairing } from '../../../protocol/identity.ts'
import { Button } from '../platform/button.tsx'
import { useAct, useClient, useErrorText, useKnown, useStatus } from '../platform/client.tsx'
import { Notice } from '../platform/notice.tsx'
import { SkeletonList } from '../platform/skeleton.tsx'
import { useText } from '../platform/texts.tsx'
import { PairingFacts, useRefusal } from './pairing-request.tsx'
import { Welcome } from './welcome.tsx'

/** Where the QR code of a waiting device leads, on the device that is signed in: one looks, and confirms. */
export function PairScreen({ token }: { token: string }) {
  const text = useText()
  const status = useStatus()
  const isKnown = useKnown((state) => state.personId !== null)
  return (
    <Welcome place={text('signIn.place', { host: location.host })} title={text('pairing.title')} lead="">
      {status === 'signed-out' && (
        <div className="welcome-form">
          <Notice meaning="warn">{text('pairing.signedOut')}</Notice>
          <Link className="btn" href="/">
            {text('signIn.title')}
          </Link>
        </div>
      )}
      {status !== 'signed-out' && (isKnown ? <Confirmation token={token} /> : <SkeletonList rows={2} />)}
    </Welcome>
  )
}

function Confirmation({ token }: { token: string }) {
  const text = useText()
  const client = useClient()
  const explain = useErrorText()
  const { act, working } = useAct()
  const [end, setEnd] = useState<'confirmed' | 'refused'>()
  const { data, error } = useQuery({
    queryKey: ['pairing-link', token],
    queryFn: () => client.do('pairing.find', { token }),
  })
  const confirm = () =>
    void act(async () => {
      await client.do('pairing.confirm', { token })
      setEnd('confirmed')
    })
  if (end && data) return <Over meaning="ok">{text(`pairing.end.${end}`, { name: data.device.name })}</Over>
  if (error) return <Over meaning="bad">{explain(error)}</Over>
  if (!data) return <SkeletonList rows={2} />
  return (
    <div className="welcome-form">
      <PairingFacts pairing={data} />
      <Notice meaning="warn">{text('pairing.linkWarning')}</Notice>
      <div className="row wrap">
        <Button look="primary" working={working} onClick={confirm}>
          {text('pairing.confirm')}
        </Button>
        <Refuse pairing={data} onRefused={() => setEnd('refused')} />
      </div>
    </div>
  )
}

function Refuse({ pairing, onRefused }: { pairing: Pairing; onRefused: () => void }) {
  const text = useText()
  const { refuse, refusing } = useRefusal(pairing.id, onRefused)
  return (
    <Button look="quiet" working={refusing} onClick={refuse}>
      {text('pairing.refuse')}
    </Button>
  )
}

function Over({ meaning, children }: { meaning: 'ok' | 'bad'; children: string }) {
  const text = useText()
  return (
    <div className="welcome-form">
      <Notice meaning={meaning}>{children}</Notice>
      <Link className="btn" href="/">
        {text('pairing.open')}
      </Link>
    </div>
  )
}
