import { FileUp } from 'lucide-react'
import { useId, useState } from 'react'
import { limits } from '../../../protocol/limits.ts'
import { classes } from '../platform/classes.ts'
import { useText } from '../platform/texts.tsx'

const helps = {
  'import.choose': 'import.chooseHelp',
  'contacts.chooseList': 'contacts.chooseListHelp',
  'orders.chooseList': 'orders.chooseListHelp',
} as const

type FileDropProps = {
  onFile: (file: File) => void
  error?: string | undefined
  /** What the list is of. */
  of?: keyof typeof helps
}

/** A list, dropped or chosen. */
export function FileDrop({ onFile, error, of = 'import.choose' }: FileDropProps) {
  const text = useText()
  const id = useId()
  const [isOver, setIsOver] = useState(false)
  return (
    <div>
      {/* Dropping is an extra: the field inside does the same. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions */}
      <label
        className={classes('drop', isOver && 'over')}
        onDragOver={(event) => {
          event.preventDefault()
          setIsOver(true)
        }}
        onDragLeave={() => setIsOver(false)}
        onDrop={(event) => {
          event.preventDefault()
          setIsOver(false)
          const file = event.dataTransfer.files[0]
          if (file) onFile(file)
        }}
      >
        <FileUp className="i l" />
        <span className="strong">{text(of)}</span>
        <span className="t12 muted">{text(helps[of], { megabytes: limits.importBytes / 1_000_000 })}</span>
        <input
          type="file"
          className="sr"
          accept=".csv,.tsv,.txt,text/csv"
          aria-describedby={error ? id : undefined}
          onChange={(event) => {
            const file = event.target.files?.[0]
            // The same file can be chosen again after it was mended.
            event.target.value = ''
            if (file) onFile(file)
          }}
        />
      </label>
      {error && (
        <p id={id} className="help bad" role="alert">
          {error}
        </p>
      )}
    </div>
  )
}
