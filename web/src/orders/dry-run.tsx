import { useState } from 'react'
import { v7 as newId } from 'uuid'
import { RunCut, type OrderRun } from '../../../protocol/order-rules.ts'
import type { InputOf } from '../../../sdk/index.ts'
import { columnMoney } from '../coupons/money.ts'
import { useHere } from '../organization/organization-context.tsx'
import { Button } from '../platform/button.tsx'
import { useAct, useClient } from '../platform/client.tsx'
import { Confirm } from '../platform/confirm.tsx'
import { Progress } from '../platform/progress.tsx'
import { useTexts } from '../platform/texts.tsx'
import { countryName } from './rule-words.ts'

const LOOK_MS = 400
const cutOptions = RunCut.options

type RunProps = {
  /** What would be saved; undefined where something is missing. */
  rule: object | undefined
  /** Of a rule that is saved: what it has given counts. */
  ruleId: string | undefined
  /** It is saved just like this, and active: then it can be given to past orders too. */
  mayGive: boolean
}

/** What the rule would have given for the orders there are; and, where somebody wants that, gives it. */
export function RunPanel({ rule, ruleId, mayGive }: RunProps) {
  const { text } = useTexts()
  const { organization } = useHere()
  const client = useClient()
  const { act, working } = useAct()
  const [run, setRun] = useState<OrderRun>()
  const [isAsking, setAsking] = useState(false)
  const start = (mode: 'dry' | 'live') =>
    void act(async () => {
      setAsking(false)
      const runId = newId()
      const input = { organizationId: organization.id, runId, mode, rule, ruleId: ruleId ?? null }
      // The draft was checked when it was put together; the server checks it again.
      let now = await client.do('order-run.start', input as InputOf<'order-run.start'>)
      setRun(now)
      while (now.state === 'running') {
        await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
        now = await client.do('order-run.get', { organizationId: organization.id, runId })
        setRun(now)
      }
    })
  return (
    <section className="run-panel" aria-label={text('run.title')}>
      <div className="row wrap g2">
        <Button working={working} disabled={rule === undefined} onClick={() => start('dry')}>
          {text('run.dry')}
        </Button>
        {mayGive && run?.mode === 'dry' && run.state === 'done' && run.counts.given > 0 && (
          <Button look="quiet" onClick={() => setAsking(true)}>
            {text('run.live', { count: run.counts.given })}
          </Button>
        )}
      </div>
      {run && <RunResult run={run} />}
      <Confirm
        title={text('run.confirmTitle')}
        body={text('run.confirmBody', { count: run?.counts.given ?? 0 })}
        action={text('run.live', { count: run?.counts.given ?? 0 })}
        open={isAsking}
        working={working}
        onConfirm={() => start('live')}
        onClose={() => setAsking(false)}
      />
    </section>
  )
}

function RunResult({ run }: { run: OrderRun }) {
  const { text, locale } = useTexts()
  const { counts, sample, mode, state, done, total } = run
  const { given, looked, coupons, cuts: cutCounts } = counts
  const reasons = (['withoutCustomer', 'cancelled', 'limited', 'missing', 'before'] as const).filter(
    (reason) => counts[reason] > 0,
  )
  const cuts = cutOptions.flatMap((cut) => {
    const count = cutCounts[cut] ?? 0
    return count > 0 ? [text(`run.cut.${cut}`, { count })] : []
  })
  return (
    <>
      {state === 'running' && (
        <div className="row g2">
          <Progress label={text('run.title')} done={done} total={total} />
          <span className="num t13">{text('run.progress', { done, total })}</span>
        </div>
      )}
      <output className="run-figures">
        {text(mode === 'dry' ? 'run.wouldGive' : 'run.gave', { given, looked, coupons })}
      </output>
      {reasons.length > 0 && (
        <ul className="t13 muted run-reasons">
          {reasons.map((reason) => (
            <li key={reason}>
              {text(`run.reason.${reason}`, { count: counts[reason] })}
              {reason === 'limited' && cuts.length > 0 && (
                <ul>
                  {cuts.map((cut) => (
                    <li key={cut}>{cut}</li>
                  ))}
                </ul>
              )}
            </li>
          ))}
        </ul>
      )}
      {sample.length > 0 && (
        <ul className="run-sample">
          {sample.map((order) => (
            <li key={order.orderId} className="row g2 t13">
              <span className="num">{order.externalId}</span>
              <span className="grow cut" dir="auto">
                {order.customerName}
              </span>
              <span className="muted cut">{countryName(locale, order.country)}</span>
              <span className="num">{columnMoney(locale, { amount: order.total, currency: order.currency })}</span>
            </li>
          ))}
        </ul>
      )}
    </>
  )
}
