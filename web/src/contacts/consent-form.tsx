import { useState } from 'react'
import { v7 as newId } from 'uuid'
import { useHere } from '../organization/organization-context.tsx'
import { Button } from '../platform/button.tsx'
import { Check } from '../platform/check.tsx'
import { useAct, useClient } from '../platform/client.tsx'
import { Dialog } from '../platform/dialog.tsx'
import { TextArea } from '../platform/text-area.tsx'
import { TextField } from '../platform/text-field.tsx'
import { useText } from '../platform/texts.tsx'

type ConsentFormProps = { personId: string; onSaved: () => void; onClose: () => void }
const empty = { kind: '', how: '', wording: '' }

/** Writes down what somebody has agreed to, or does not agree to any more. */
export function ConsentForm({ personId, onSaved, onClose }: ConsentFormProps) {
  const text = useText()
  const client = useClient()
  const { organization } = useHere()
  const { act, working } = useAct()
  const [answers, setAnswers] = useState(empty)
  const [isGiven, setIsGiven] = useState(true)
  const isComplete = Object.values(answers).every((answer) => answer.trim() !== '')
  const save = () =>
    void act(async () => {
      const one = { organizationId: organization.id, personId, consentId: newId() }
      await client.do('consent.record', { ...one, ...answers, isGiven })
      onSaved()
      onClose()
    })
  const field = (name: 'kind' | 'how', max: number) => (
    <TextField
      label={text(`contacts.consent.${name}`)}
      value={answers[name]}
      maxLength={max}
      onChange={(event) => setAnswers({ ...answers, [name]: event.target.value })}
    />
  )
  const footer = (
    <Button look="primary" working={working} disabled={!isComplete} onClick={save}>
      {text('action.save')}
    </Button>
  )
  return (
    <Dialog title={text('contacts.addConsent')} open onClose={onClose} footer={footer}>
      <div className="add-member">
        {field('kind', 40)}
        {field('how', 200)}
        <TextArea
          label={text('contacts.consent.wording')}
          value={answers.wording}
          maxLength={2_000}
          onChange={(wording) => setAnswers({ ...answers, wording })}
        />
        <Check label={text('contacts.given')} isOn={isGiven} onChange={setIsGiven} />
      </div>
    </Dialog>
  )
}
