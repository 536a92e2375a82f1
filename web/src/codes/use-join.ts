import { useState } from 'react'
import { useLocation } from 'wouter'
import type { JoinedByCode, UsedCode } from '../../../protocol/codes.ts'
import { keepPairing } from '../identity/kept-pairing.ts'
import { useDevice } from '../identity/use-device.ts'
import { useClient, useErrorText } from '../platform/client.tsx'
import { useTexts } from '../platform/texts.tsx'

type Sent = { requestId: string; code?: string | undefined }

/** The ways in: signed in already, by the link of a mail, by its code, or without an address. */
export function useJoin(token: string, choose: (organizationId: string) => void) {
  const { locale } = useTexts()
  const client = useClient()
  const explain = useErrorText()
  const device = useDevice()
  const [, go] = useLocation()
  const [sent, setSent] = useState<Sent | undefined>(sentByMail)
  const [address, setAddress] = useState('')
  const [error, setError] = useState<string>()
  const [working, setWorking] = useState(false)
  const run = (work: () => Promise<UsedCode | JoinedByCode | undefined>) => {
    setWorking(true)
    setError(undefined)
    work()
      .then((used) => used && enter(used))
      .catch((fault: unknown) => {
        setError(explain(fault))
        // The link has been used, or is too old: a fresh one is asked for with the address.
        if (sent?.code !== undefined) setSent(undefined)
      })
      .finally(() => setWorking(false))
  }
  const enter = (used: UsedCode | JoinedByCode) => {
    choose(used.organizationId)
    // Another device of theirs must let this one in first: the sign-in page waits for it.
    if ('pairing' in used) keepPairing(used.pairing)
    const isWaiting = 'pairing' in used || used.conversationId === null
    go(isWaiting ? '/' : `/c/${used.conversationId}`, { replace: true })
  }
  const join = (requestId: string, code: string) =>
    run(() => client.do('code.join', { token, requestId, code, locale, device }))
  return {
    step:
      sent === undefined ? ('address' as const) : sent.code === undefined ? ('sent' as const) : ('confirm' as const),
    address,
    error,
    working,
    asMyself: () => run(() => client.do('code.use', { token })),
    confirm: () => sent?.code !== undefined && join(sent.requestId, sent.code),
    enter: (code: string) => sent && join(sent.requestId, code),
    anonymously: () => run(() => client.do('code.join-anonymously', { token, locale, device })),
    ask: (next: string) =>
      run(async () => {
        setAddress(next)
        setSent(await client.do('code.request', { token, address: next, locale }))
        return undefined
      }),
  }
}

/** The link in the mail carries both behind `#`, which no server and no proxy sees. */
function sentByMail(): Sent | undefined {
  const words = new URLSearchParams(location.hash.slice(1))
  const [requestId, code] = [words.get('request'), words.get('code')]
  return requestId && code ? { requestId, code } : undefined
}
