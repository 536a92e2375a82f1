import { useState } from 'react'
import type { OutputOf } from '../../../sdk/index.ts'
import { Button } from '../platform/button.tsx'
import { useClient, useErrorText, useIsReplaced } from '../platform/client.tsx'
import { Notice } from '../platform/notice.tsx'
import { useDates } from '../platform/use-dates.ts'
import { useTexts } from '../platform/texts.tsx'
import { AddressForm } from './address-form.tsx'
import { CodeForm } from './code-form.tsx'
import { keepPairing, keptPairing } from './kept-pairing.ts'
import { OtherWays } from './other-ways.tsx'
import { useDevice } from './use-device.ts'
import { WaitForDevice } from './wait-for-device.tsx'
import { Welcome } from './welcome.tsx'

type Asked = { address: string; requestId: string; expiresAt: Date }

/** An address, then the code that was sent to it. The same for known and unknown addresses. */
export function SignInScreen() {
  const { text } = useTexts()
  const { asked, pairing, address, error, working, ask, enter, started, startOver } = useSignIn()
  const isReplaced = useIsReplaced()
  const dates = useDates()
  if (pairing) return <WaitForDevice pairing={pairing} onStartOver={startOver} />
  return (
    <Welcome
      place={text('signIn.place', { host: location.host })}
      title={text('signIn.title')}
      lead={text(asked ? 'signIn.leadCode' : 'signIn.lead')}
    >
      {isReplaced && (
        <div className="welcome-form">
          <Notice meaning="warn">{text('error.session.replaced')}</Notice>
        </div>
      )}
      {asked ? (
        <>
          <CodeForm
            key={asked.requestId}
            help={text('signIn.codeHelp', { address: asked.address, time: dates.time(asked.expiresAt) })}
            action={text('signIn.enter')}
            working={working}
            error={error}
            onSubmit={enter}
          />
          <div className="row wrap welcome-more">
            <Button look="quiet" onClick={() => ask(asked.address)}>
              {text('signIn.newCode')}
            </Button>
            <Button look="quiet" onClick={startOver}>
              {text('signIn.otherAddress')}
            </Button>
          </div>
        </>
      ) : (
        <>
          <AddressForm address={address} working={working} error={error} onSubmit={ask} />
          <OtherWays onStarted={started} />
        </>
      )}
    </Welcome>
  )
}

function useSignIn() {
  const { locale } = useTexts()
  const client = useClient()
  const explain = useErrorText()
  const device = useDevice()
  const [asked, setAsked] = useState<Asked>()
  const [pairing, setPairing] = useState(() => keptPairing(Date.now()))
  const [address, setAddress] = useState('')
  const [error, setError] = useState<string>()
  const [working, setWorking] = useState(false)
  const run = (work: () => Promise<unknown>) => {
    setWorking(true)
    setError(undefined)
    work()
      .catch((fault: unknown) => setError(explain(fault)))
      .finally(() => setWorking(false))
  }
  const started = (answer: OutputOf<'session.start'>) => {
    if (!('pairing' in answer)) return
    keepPairing(answer.pairing)
    setPairing(answer.pairing)
  }
  return {
    asked,
    pairing,
    address,
    error,
    working,
    started,
    ask: (next: string) =>
      run(async () => {
        setAddress(next)
        const { requestId, expiresAt } = await client.do('session.request-code', { address: next, locale })
        setAsked({ address: next, requestId, expiresAt: new Date(expiresAt) })
      }),
    enter: (code: string) =>
      run(async () => {
        if (!asked) return
        started(await client.do('session.start', { requestId: asked.requestId, code, device }))
      }),
    startOver: () => {
      setAsked(undefined)
      setPairing(undefined)
      keepPairing(undefined)
      setError(undefined)
    },
  }
}
