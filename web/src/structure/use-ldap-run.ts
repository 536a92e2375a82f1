import { useEffect, useState } from 'react'
import { v7 as newId } from 'uuid'
import type { OutputOf } from '../../../sdk/commands.ts'
import { useHere } from '../organization/organization-context.tsx'
import { useAct, useAnswer, useClient } from '../platform/client.tsx'

export type LdapRun = OutputOf<'ldap.get-run'>
export type LdapRunWork = {
  run: LdapRun | undefined
  isRunning: boolean
  isApplying: boolean
  start: (purpose: 'test' | 'preview') => void
  /** A run of before, which was held. */
  show: (runId: string) => void
  apply: () => void
}

const pollMs = 700

/** One reading of the directory: begun, looked at while it goes on, and applied. */
export function useLdapRun(onChanged: () => void): LdapRunWork {
  const client = useClient()
  const { organization } = useHere()
  const { act, working } = useAct()
  const [runId, setRunId] = useState<string>()
  const [looks, setLooks] = useState(0)
  const organizationId = organization.id
  const { data } = useAnswer(
    'ldap.get-run',
    { organizationId, runId: runId ?? organizationId },
    { enabled: runId !== undefined, version: `${looks} ${organization.directoryVersion}` },
  )
  const run = data?.runId === runId ? data : undefined
  const isRunning = runId !== undefined && (run === undefined || run.endedAt === null)
  useEffect(() => {
    if (!isRunning) return
    const timer = setInterval(() => setLooks((count) => count + 1), pollMs)
    return () => clearInterval(timer)
  }, [isRunning])
  const start = (purpose: 'test' | 'preview') =>
    void act(async () => {
      const next = newId()
      await client.do('ldap.start-run', { organizationId, runId: next, purpose })
      setRunId(next)
    })
  const apply = () =>
    void act(async () => {
      if (!run?.preview) return
      const { digest, counts } = run.preview
      const skipFaulty = counts.faulty > 0
      await client.do('ldap.apply-run', { organizationId, runId: run.runId, digest, skipFaulty })
      setLooks((count) => count + 1)
      onChanged()
    })
  return { run, isRunning, isApplying: working && run?.preview !== undefined, start, show: setRunId, apply }
}
