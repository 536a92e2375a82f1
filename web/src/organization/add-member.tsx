import { useState } from 'react'
import { limits } from '../../../protocol/limits.ts'
import { Button } from '../platform/button.tsx'
import { useClient, useErrorText } from '../platform/client.tsx'
import { Dialog } from '../platform/dialog.tsx'
import { Notice } from '../platform/notice.tsx'
import { Select } from '../platform/select.tsx'
import { TextField } from '../platform/text-field.tsx'
import { useText } from '../platform/texts.tsx'
import { useToast } from '../platform/toasts.tsx'
import { useHere } from './organization-context.tsx'
import { useKnownPeople } from './people.tsx'

const empty = { name: '', address: '', title: '', place: '', phone: '', managerId: '' }

export function AddMember({ onClose }: { onClose: () => void }) {
  const text = useText()
  const { answers, set, error, working, isComplete, add } = useNewMember(onClose)
  const managers = useManagerOptions()
  const field = (name: Exclude<keyof typeof empty, 'managerId'>, max: number, more: { required?: boolean } = {}) => (
    <TextField
      label={text(name === 'name' ? 'form.name' : `member.${name}`)}
      value={answers[name]}
      maxLength={max}
      required={more.required}
      help={name === 'address' ? text('member.addressHelp') : undefined}
      onChange={(event) => set({ [name]: event.target.value })}
    />
  )
  const footer = (
    <Button look="primary" working={working} disabled={!isComplete} onClick={add}>
      {text('member.add')}
    </Button>
  )
  return (
    <Dialog title={text('member.add')} open onClose={onClose} footer={footer}>
      <div className="add-member">
        {error && <Notice meaning="bad">{error}</Notice>}
        {field('name', limits.personName, { required: true })}
        {field('address', limits.address, { required: true })}
        {field('title', limits.title)}
        {field('place', limits.place)}
        {field('phone', limits.phone)}
        <Select
          label={text('member.manager')}
          value={answers.managerId}
          options={managers}
          onChange={(managerId) => set({ managerId })}
        />
      </div>
    </Dialog>
  )
}

function useManagerOptions() {
  const text = useText()
  const people = useKnownPeople()
  const known = Array.from(people.values(), ({ personId, name }) => ({ value: personId as string, label: name }))
  return [{ value: '', label: text('member.noManager') }, ...known.toSorted((a, b) => a.label.localeCompare(b.label))]
}

function useNewMember(onAdded: () => void) {
  const text = useText()
  const toast = useToast()
  const explain = useErrorText()
  const client = useClient()
  const { organization } = useHere()
  const [answers, setAnswers] = useState(empty)
  const [error, setError] = useState<string>()
  const [working, setWorking] = useState(false)
  const add = async () => {
    setWorking(true)
    const input = { ...answers, organizationId: organization.id, managerId: answers.managerId || null }
    const fault = await client.do('member.add', input).then(noFault, explain)
    setWorking(false)
    setError(fault)
    if (fault !== undefined) return
    toast({ message: text('member.added', { name: answers.name }) })
    onAdded()
  }
  return {
    answers,
    set: (some: Partial<typeof empty>) => setAnswers((before) => ({ ...before, ...some })),
    error,
    working,
    isComplete: answers.name.trim() !== '' && answers.address.trim() !== '',
    add: () => void add(),
  }
}

const noFault = () => undefined
