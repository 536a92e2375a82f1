import { useState } from 'react'
import type { ContactFault, ContactPreview } from '../../../protocol/contacts.ts'
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
          of="contacts.chooseList"
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
  const { counts, faults, remarks, columns } = preview
  const isRead = Object.groupBy(columns, ({ meaning }) => (meaning === 'none' ? 'no' : 'yes'))
  const named = (some: typeof columns = []) => some.map(({ heading }) => heading).join(', ')
  return (
    <div className="add-member">
      <p>
        {text('contacts.preview', { created: counts.created, changed: counts.changed, unchanged: counts.unchanged })}
      </p>
      <p className="muted t13">{text('contacts.columns', { columns: named(isRead.yes) })}</p>
      {isRead.no && <p className="muted t13">{text('contacts.columnsNot', { columns: named(isRead.no) })}</p>}
      {faults.length > 0 && <Notice meaning="warn">{text('contacts.faulty', { count: counts.faulty })}</Notice>}
      <Faults faults={faults} />
      {remarks.length > 0 && <Notice>{text('contacts.remarks', { count: counts.remarks })}</Notice>}
      <Faults faults={remarks} />
    </div>
  )
}

function Faults({ faults }: { faults: readonly ContactFault[] }) {
  const text = useText()
  return (
    <ul className="t13 contact-faults">
      {faults.slice(0, 20).map(({ line, code, value }) => (
        <li key={`${line} ${code}`}>
          {text('contacts.fault', { line, fault: text(`contacts.fault.${code}`), value })}
        </li>
      ))}
    </ul>
  )
}
