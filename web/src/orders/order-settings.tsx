import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { OrderSettings } from '../../../protocol/orders.ts'
import { CouponsTabs } from '../coupons/coupons-side.tsx'
import { useHere } from '../organization/organization-context.tsx'
import { Button } from '../platform/button.tsx'
import { Check } from '../platform/check.tsx'
import { useAct, useAnswer, useClient, useErrorText } from '../platform/client.tsx'
import { ErrorState } from '../platform/empty-state.tsx'
import { SkeletonList } from '../platform/skeleton.tsx'
import { useTexts } from '../platform/texts.tsx'
import { TimeZoneSelect } from '../platform/time-zone-select.tsx'
import { useToast } from '../platform/toasts.tsx'
import { CustomerLevels } from './customer-levels.tsx'
import { draftLevel, levelFaults, levelsOf } from './level-rules.ts'

/** What the organization decides about all its orders. */
export function OrderSettingsPage() {
  const { text } = useTexts()
  const explain = useErrorText()
  const { organization } = useHere()
  const { data, error, refetch } = useAnswer('order-settings.get', { organizationId: organization.id })
  return (
    <>
      <header className="bar">
        <h1 className="grow">{text('orderSettings.title')}</h1>
      </header>
      <CouponsTabs />
      <div className="scroll page">
        {error !== null && (
          <ErrorState title={text('error.title')} body={explain(error)} onRetry={() => void refetch()} />
        )}
        {!data && error === null && <SkeletonList rows={6} />}
        {data && <Form key={JSON.stringify(data)} settings={data} />}
      </div>
    </>
  )
}

function Form({ settings }: { settings: OrderSettings }) {
  const { text } = useTexts()
  const { draft, set, faults, isStrict, isChanged, working, save, undo } = useForm(settings)
  const { makesContacts, timeZone, levels } = draft
  return (
    <form
      className="order-settings"
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        save()
      }}
    >
      <CustomerLevels drafts={levels} faults={faults} isStrict={isStrict} onChange={(next) => set({ levels: next })} />
      <section>
        <h2>{text('orderSettings.contacts')}</h2>
        <Check
          label={text('orderSettings.makesContacts')}
          help={text('orderSettings.makesContactsHelp')}
          isOn={makesContacts}
          onChange={(next) => set({ makesContacts: next })}
        />
      </section>
      <section>
        <h2>{text('orderSettings.days')}</h2>
        <TimeZoneSelect
          label={text('orderSettings.timeZone')}
          help={text('orderSettings.timeZoneHelp')}
          value={timeZone}
          onChange={(next) => set({ timeZone: next })}
        />
      </section>
      <div className="row wrap g2">
        <Button look="primary" type="submit" working={working} disabled={!isChanged}>
          {text('action.save')}
        </Button>
        <Button look="quiet" disabled={!isChanged || working} onClick={undo}>
          {text('action.undoChanges')}
        </Button>
        {isStrict && faults.size > 0 && (
          <span className="help bad" role="alert">
            {text('orderSettings.faulty', { count: faults.size })}
          </span>
        )}
      </div>
    </form>
  )
}

function useForm(settings: OrderSettings) {
  const { text } = useTexts()
  const toast = useToast()
  const client = useClient()
  const queries = useQueryClient()
  const { organization } = useHere()
  const { act, working } = useAct()
  const [draft, setDraft] = useState(() => draftOf(settings))
  const [isStrict, setStrict] = useState(false)
  const faults = levelFaults(draft.levels)
  const meant = { ...draft, levels: levelsOf(draft.levels) }
  const isChanged =
    faults.size > 0 ||
    meant.makesContacts !== settings.makesContacts ||
    meant.timeZone !== settings.timeZone ||
    JSON.stringify(meant.levels) !== JSON.stringify(settings.levels)
  return {
    draft,
    set: (change: Partial<typeof draft>) => setDraft((before) => ({ ...before, ...change })),
    faults,
    isStrict,
    isChanged,
    working,
    save: () => {
      setStrict(true)
      if (faults.size > 0) return
      void act(async () => {
        await client.do('order-settings.change', { organizationId: organization.id, ...meant })
        await queries.invalidateQueries({ queryKey: ['order-settings.get'] })
        toast({ message: text('orderSettings.saved') })
      })
    },
    undo: () => {
      setStrict(false)
      setDraft(draftOf(settings))
    },
  }
}

const draftOf = (settings: OrderSettings) => ({ ...settings, levels: settings.levels.map(draftLevel) })
