import { useState } from 'react'
import { v7 as newId } from 'uuid'
import type { Code } from '../../../protocol/codes.ts'
import { limits } from '../../../protocol/limits.ts'
import type { Conversation } from '../../../sdk/index.ts'
import { Button } from '../platform/button.tsx'
import { useAct, useAnswer, useClient, useErrorText } from '../platform/client.tsx'
import { Dialog } from '../platform/dialog.tsx'
import { Notice } from '../platform/notice.tsx'
import { Select } from '../platform/select.tsx'
import { SkeletonList } from '../platform/skeleton.tsx'
import { TextField } from '../platform/text-field.tsx'
import { useText } from '../platform/texts.tsx'
import { CodeRow } from './code-row.tsx'

/** The codes that lead into a group: one for each place where they hang. */
export function GroupCodes({ conversation, onClose }: { conversation: Conversation; onClose: () => void }) {
  const text = useText()
  const { organizationId, id: subjectId } = conversation
  return (
    <Dialog title={text('codes.title')} open onClose={onClose}>
      <p className="muted t13">{text('codes.lead')}</p>
      <CodesOf of={{ organizationId, kind: 'group', subjectId }} />
    </Dialog>
  )
}

type Of = { organizationId: string; kind: string; subjectId: string }

/** The codes of whatever a code can lead to, and a form for another one. */
export function CodesOf({ of }: { of: Of }) {
  const explain = useErrorText()
  const { data, error, refetch } = useAnswer('code.list', of)
  const reload = () => void refetch()
  return (
    <>
      <NewCode of={of} onMade={reload} />
      {error && <Notice meaning="bad">{explain(error)}</Notice>}
      {!data && !error && <SkeletonList rows={2} />}
      <ul className="codes">
        {data?.codes.filter(isShown).map((code) => (
          <CodeRow key={code.id} code={code} of={of} onChange={reload} />
        ))}
      </ul>
    </>
  )
}

/** Ended ones stay as long as they say how many came by them. */
const isShown = ({ state, joins }: Code) => state !== 'revoked' || joins > 0

const DAY_MS = 86_400_000
const terms = { never: null, week: 7, month: 30, year: 365 } as const
type Term = keyof typeof terms

type NewCodeProps = { of: Of; onMade: () => void }
function NewCode({ of, onMade }: NewCodeProps) {
  const text = useText()
  const client = useClient()
  const { act, working } = useAct()
  const [place, setPlace] = useState('')
  const [term, setTerm] = useState<Term>('never')
  const days = terms[term]
  const make = () =>
    void act(async () => {
      const expiresAt = days === null ? null : inMicroseconds(new Date(Date.now() + days * DAY_MS))
      await client.do('code.create', { ...of, codeId: newId(), place, expiresAt })
      setPlace('')
      onMade()
    })
  return (
    <form
      className="new-code"
      onSubmit={(event) => {
        event.preventDefault()
        if (!working) make()
      }}
    >
      <TextField
        label={text('codes.place')}
        help={text('codes.placeHelp')}
        value={place}
        maxLength={limits.codePlace}
        onChange={(event) => setPlace(event.target.value)}
      />
      <Select
        label={text('codes.term')}
        value={term}
        options={(Object.keys(terms) as Term[]).map((value) => ({ value, label: text(`codes.term.${value}`) }))}
        onChange={setTerm}
      />
      <Button look="primary" type="submit" working={working}>
        {text('codes.make')}
      </Button>
    </form>
  )
}

const inMicroseconds = (time: Date) => time.toISOString().replace('Z', '000Z')
