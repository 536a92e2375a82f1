import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { z } from 'zod'
import { limits } from '../../../protocol/limits.ts'
import type { OwnReportPolicy } from '../../../protocol/reports.ts'
import { useHere } from '../organization/organization-context.tsx'
import { Button } from '../platform/button.tsx'
import { Check } from '../platform/check.tsx'
import { useAct, useClient } from '../platform/client.tsx'
import { TextArea } from '../platform/text-area.tsx'
import { useText } from '../platform/texts.tsx'
import { TimeZoneSelect } from '../platform/time-zone-select.tsx'
import { useToast } from '../platform/toasts.tsx'

type Policy = z.infer<typeof OwnReportPolicy>

/** What everybody may know: what is counted, who reads it, and what the organization has agreed on. */
export function PolicyText({ policy }: { policy: Policy }) {
  const text = useText()
  return (
    <section className="report-policy">
      <h2 className="label">{text('report.policy')}</h2>
      <p>{text(policy.isOn ? 'report.policyOn' : 'report.policyOff')}</p>
      {policy.isOn && <p>{text(policy.countsDirect ? 'report.directCounted' : 'report.directNot')}</p>}
      {policy.words !== '' && (
        <p className="policy-words" dir="auto">
          {policy.words}
        </p>
      )}
    </section>
  )
}

/** For administrators. */
export function PolicyForm({ policy }: { policy: Policy }) {
  const text = useText()
  const toast = useToast()
  const client = useClient()
  const queries = useQueryClient()
  const { organization } = useHere()
  const { act, working } = useAct()
  const [changes, setChanges] = useState<Partial<Policy>>({})
  const { isOn, words, timeZone, countsDirect } = { ...policy, ...changes }
  const set = (some: Partial<Policy>) => setChanges((before) => ({ ...before, ...some }))
  const save = () =>
    void act(async () => {
      const input = { organizationId: organization.id, isOn, words, timeZone, countsDirect }
      await client.do('report.set-policy', input)
      await queries.invalidateQueries({ queryKey: ['report.get-policy'] })
      toast({ message: text('report.saved') })
    })
  return (
    <form
      className="settings"
      onSubmit={(event) => {
        event.preventDefault()
        save()
      }}
    >
      <h2>{text('report.agreement')}</h2>
      <div>
        <Check label={text('report.isOn')} isOn={isOn} onChange={(next) => set({ isOn: next })} />
        <Check
          label={text('report.countsDirect')}
          isOn={countsDirect}
          onChange={(next) => set({ countsDirect: next })}
        />
      </div>
      <TextArea
        label={text('report.words')}
        value={words}
        maxLength={limits.reportWords}
        onChange={(next) => set({ words: next })}
      />
      <TimeZoneSelect label={text('report.timeZone')} value={timeZone} onChange={(next) => set({ timeZone: next })} />
      <div>
        <Button look="primary" type="submit" working={working}>
          {text('action.save')}
        </Button>
      </div>
    </form>
  )
}
