import { useState } from 'react'
import type { Contact } from '../../../protocol/contacts.ts'
import { limits } from '../../../protocol/limits.ts'
import { readTags, writeTags } from '../../../protocol/tag-list.ts'
import { useHere } from '../organization/organization-context.tsx'
import { useKnownPeople } from '../organization/people.tsx'
import { Button } from '../platform/button.tsx'
import { useClient, useErrorText } from '../platform/client.tsx'
import { Dialog } from '../platform/dialog.tsx'
import { Notice } from '../platform/notice.tsx'
import { Select } from '../platform/select.tsx'
import { TextArea } from '../platform/text-area.tsx'
import { TextField } from '../platform/text-field.tsx'
import { useText } from '../platform/texts.tsx'

type ContactFormProps = { card?: Contact; onSaved: () => void; onClose: () => void }

/** Writes somebody outside down, or changes what is known of them. */
export function ContactForm({ card, onSaved, onClose }: ContactFormProps) {
  const text = useText()
  const { answers, set, save, working, error, isComplete } = useContactForm(card, () => {
    onSaved()
    onClose()
  })
  const keepers = useKeeperOptions()
  const field = (name: 'name' | 'addresses' | 'tags', label: string, max: number) => (
    <TextField
      label={label}
      value={answers[name]}
      maxLength={max}
      help={name === 'addresses' ? text('contacts.addressesHelp') : undefined}
      onChange={(event) => set({ [name]: event.target.value })}
    />
  )
  const footer = (
    <Button look="primary" working={working} disabled={!isComplete} onClick={save}>
      {text(card ? 'action.save' : 'contacts.add')}
    </Button>
  )
  return (
    <Dialog title={card ? card.name : text('contacts.add')} open onClose={onClose} footer={footer}>
      <div className="add-member">
        {error && <Notice meaning="bad">{error}</Notice>}
        {field('name', text('form.name'), limits.personName)}
        {field('addresses', text('contacts.addresses'), limits.address * limits.addressesPerContact)}
        {field('tags', text('contacts.tags'), limits.tag * limits.tagsPerContact)}
        <TextArea
          label={text('contacts.notes')}
          value={answers.notes}
          maxLength={limits.contactNotes}
          onChange={(notes) => set({ notes })}
        />
        <Select
          label={text('contacts.keeper')}
          value={answers.keeperId}
          options={keepers}
          onChange={(keeperId) => set({ keeperId })}
        />
      </div>
    </Dialog>
  )
}

function useKeeperOptions() {
  const text = useText()
  const people = useKnownPeople()
  const inside = Array.from(people.values()).filter(({ isExternal, state }) => !isExternal && state !== 'deactivated')
  const options = inside.map(({ personId, name }) => ({ value: personId as string, label: name }))
  return [{ value: '', label: text('contacts.nobody') }, ...options.toSorted((a, b) => a.label.localeCompare(b.label))]
}

function useContactForm(card: Contact | undefined, onSaved: () => void) {
  const client = useClient()
  const explain = useErrorText()
  const { organization, me } = useHere()
  const [working, setWorking] = useState(false)
  const [error, setError] = useState<string>()
  const [answers, setAnswers] = useState({
    name: card?.name ?? '',
    addresses: card?.addresses.join(', ') ?? '',
    tags: writeTags(card?.tags ?? []),
    notes: card?.notes ?? '',
    keeperId: card ? (card.keeperId ?? '') : (me as string),
  })
  const addresses = listed(answers.addresses)
  const details = { name: answers.name, tags: readTags(answers.tags), notes: answers.notes }
  const keeperId = answers.keeperId === '' ? null : answers.keeperId
  async function send() {
    const { id: organizationId } = organization
    if (!card) {
      await client.do('contact.create', { organizationId, ...details, addresses, ...(keeperId && { keeperId }) })
      return
    }
    const changes = { ...details, keeperId, ...(addresses.length > 0 && { addresses }) }
    await client.do('contact.change', { organizationId, personId: card.personId, ...changes })
  }
  return {
    answers,
    working,
    error,
    isComplete: answers.name.trim() !== '' && (addresses.length > 0 || card?.addresses.length === 0),
    set: (some: Partial<typeof answers>) => setAnswers((before) => ({ ...before, ...some })),
    save: () => {
      setWorking(true)
      setError(undefined)
      send()
        .then(onSaved, (fault: unknown) => setError(explain(fault)))
        .finally(() => setWorking(false))
    },
  }
}

const listed = (words: string) =>
  words
    .split(/[,;\n]/)
    .map((word) => word.trim())
    .filter(Boolean)
