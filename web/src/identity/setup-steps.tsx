import { Check } from 'lucide-react'
import type { ReactNode } from 'react'
import { classes } from '../platform/classes.ts'
import { useText } from '../platform/texts.tsx'

export type SetupStep = { title: string; state: 'done' | 'now' | 'later'; note?: ReactNode; content?: ReactNode }

/** Three steps under each other; the one that is open shows what it asks. */
export function SetupSteps({ steps }: { steps: readonly SetupStep[] }) {
  const text = useText()
  const done = steps.filter((step) => step.state === 'done').length
  const label = text('setup.progress', { step: Math.min(done + 1, steps.length), of: steps.length })
  return (
    <>
      <progress className="sr" aria-label={label} value={done} max={steps.length} />
      <div className="stepbar" aria-hidden="true">
        {steps.map((step) => (
          <i key={step.title} className={step.state} />
        ))}
      </div>
      {steps.map((step, index) => (
        <section
          key={step.title}
          className={classes('step', step.state)}
          aria-current={step.state === 'now' ? 'step' : undefined}
        >
          <span className="step-number" aria-hidden="true">
            {step.state === 'done' ? <Check className="i s" /> : index + 1}
          </span>
          <h2>{step.title}</h2>
          <span className="t13 muted num">{step.note}</span>
          {step.state === 'now' && <div className="step-content">{step.content}</div>}
        </section>
      ))}
    </>
  )
}
