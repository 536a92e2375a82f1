import { useState } from 'react'
import type { ContactPreview } from '../../../protocol/contacts.ts'
import { useHere } from '../organization/organization-context.tsx'
import { Button } from '../platform/button.tsx'
import { useAct, useClient, useErrorText } from '../platform/client.tsx'
import { Dialog } from '../platform/dialog.tsx'
import { Notice } from '../platform/notice.tsx'
import { useText } from '../platform/texts.tsx'
import { useToast } from '../platform/toasts.tsx'
import { toBase64 } from '../structure/base64.ts'
import { FileDrop } from '../structure/file-drop.tsx'

type Chosen = { fileName: string; content: string; preview: ContactPreview }

/** A list of customers: chosen, looked at, imported. */
export function ImportContacts({ onImported, onClose }: { onImported: () => void; onClose: () => void }) {
  const text = useText()
  const toast = useToast()
  const client = useClient()
  const explain = useErrorText()
  const { organization } = useHere()
  const { act, working } = useAct()
  const [chosen, setChosen] = useState<Chosen>()
  const [error, setError] = useState<string>()
  const organizationId = organization.id
  const look = async (file: File) => {
    const input = { fileName: file.name, content: await toBase64(file) }
    setChosen({ ...input, preview: await client.do('contact.preview-import', { organizationId, ...input }) })
  }
  const apply = ({ fileName, content, preview }: Chosen) =>
    void act(async () => {
      const input = { organizationId, fileName, content, digest: preview.digest }
      const { created, changed } = await client.do('contact.import', input)
      toast({ message: text('contacts.imported', { created, changed }) })
      onImported()
      onClose()
    })
  const count = chosen ? chosen.preview.counts.created + chosen.preview.counts.changed : 0
  const footer = chosen && (
    <Button look="primary" working={working} disabled={count === 0} onClick={() => apply(chosen)}>
      {text('contacts.importCount', { count })}
    </Button>
  )
  return (
    <Dialog title={text('contacts.import')} open onClose={onClose} footer={footer}>
      {chosen ? (
        <Preview preview={chosen.preview} />
      ) : (
        <FileDrop
          error={error}
          onFile={(file) => {
            setError(undefined)
            look(file).catch((fault: unknown) => setError(explain(fault)))
          }}
        />
      )}
    </Dialog>
  )
}

function Preview({ preview }: { preview: ContactPreview }) {
  const text = useText()
  const { counts, faults, columns } = preview
  const read = columns.filter(({ meaning }) => meaning !== 'none').map(({ heading }) => heading)
  return (
    <div className="add-member">
      <p>
        {text('contacts.preview', { created: counts.created, changed: counts.changed, unchanged: counts.unchanged })}
      </p>
      <p className="muted t13">{text('contacts.columns', { columns: read.join(', ') })}</p>
      {faults.length > 0 && <Notice meaning="warn">{text('contacts.faulty', { count: counts.faulty })}</Notice>}
      <ul className="t13 contact-faults">
        {faults.slice(0, 20).map((fault) => (
          <li key={`${fault.line} ${fault.code}`}>
            {text('contacts.fault', {
              line: fault.line,
              fault: text(`contacts.fault.${fault.code}`),
              value: fault.value,
            })}
          </li>
        ))}
      </ul>
    </div>
  )
}
