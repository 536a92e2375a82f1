import { KeyRound, LogIn } from 'lucide-react'
import { useEffect, useEffectEvent, useRef, useState } from 'react'
import type { OutputOf } from '../../../sdk/index.ts'
import { Button } from '../platform/button.tsx'
import { useAnswer, useClient } from '../platform/client.tsx'
import { Notice } from '../platform/notice.tsx'
import { useText } from '../platform/texts.tsx'
import { endPasskeys, hasPasskeys, namesPasskeys, takePasskey } from './passkey.ts'
import { useDevice } from './use-device.ts'
import { usePasskeyError } from './use-passkey-error.ts'

type Started = OutputOf<'session.start'>
type OtherWaysProps = { onStarted: (started: Started) => void }

/** What there is besides a code: a passkey, and the providers of organizations. */
export function OtherWays({ onStarted }: OtherWaysProps) {
  const text = useText()
  const client = useClient()
  const explain = usePasskeyError()
  const { data } = useAnswer('sign-in.options', {})
  const [working, setWorking] = useState(false)
  const [error, setError] = useState<string>()
  const run = (work: () => Promise<unknown>) => {
    setWorking(true)
    setError(undefined)
    work()
      .catch((fault: unknown) => setError(explain(fault)))
      .finally(() => setWorking(false))
  }
  const withPasskey = data?.hasPasskeys === true && hasPasskeys()
  const use = usePasskey({ isOffered: withPasskey, run, onStarted })
  if (!data || (!withPasskey && data.sources.length === 0)) return null
  const go = (sourceId: string) =>
    run(async () => location.assign((await client.do('sign-in.begin', { sourceId })).url))
  return (
    <section className="other-ways" aria-label={text('signIn.otherWays')}>
      <p className="or">{text('signIn.or')}</p>
      {error && <Notice meaning="bad">{error}</Notice>}
      {withPasskey && (
        <Button icon={KeyRound} disabled={working} onClick={() => run(use)}>
          {text('signIn.passkey')}
        </Button>
      )}
      {data.sources.map(({ sourceId, label }) => (
        <Button key={sourceId} icon={LogIn} disabled={working} onClick={() => go(sourceId)}>
          {text('signIn.with', { name: label })}
        </Button>
      ))}
    </section>
  )
}

type Offered = { isOffered: boolean; run: (work: () => Promise<unknown>) => void }
/** The server's question is good for five minutes. */
const renewMs = 4 * 60_000

/** The browser names passkeys under the field for the address; by the button it asks for one at once. */
function usePasskey({ isOffered, run, onStarted }: OtherWaysProps & Offered) {
  const client = useClient()
  const device = useDevice()
  const isAsked = useRef(false)
  const take = async (isQuiet: boolean) => {
    const challenge = await client.do('session.begin-with-passkey', {})
    // A page puts one question at a time, and the last one ends the one before: never that of the button.
    if (isQuiet && isAsked.current) throw new DOMException('The button was quicker.', 'AbortError')
    return { challengeId: challenge.challengeId, response: await takePasskey(challenge, { isQuiet }) }
  }
  const start = async (taken: Awaited<ReturnType<typeof take>>) =>
    onStarted(await client.do('session.start-with-passkey', { ...taken, device }))
  const offer = useEffectEvent(async () => {
    if (isAsked.current || document.visibilityState !== 'visible' || !(await namesPasskeys())) return
    // Nobody has asked for it yet: why there is none is said to those who take the button.
    const taken = await take(true).catch(() => undefined)
    if (taken) run(() => start(taken))
  })
  useEffect(() => {
    if (!isOffered) return
    void offer()
    const timer = setInterval(() => void offer(), renewMs)
    return () => {
      clearInterval(timer)
      void endPasskeys()
    }
  }, [isOffered])
  return async () => {
    isAsked.current = true
    try {
      await start(await take(false))
    } finally {
      isAsked.current = false
      void offer()
    }
  }
}
