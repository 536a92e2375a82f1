import { X } from 'lucide-react'
import { IconButton } from '../platform/icon-button.tsx'
import { Progress } from '../platform/progress.tsx'
import { useText } from '../platform/texts.tsx'

type FileCardProps = {
  name: string
  note: string
  progress?: { done: number; total: number } | undefined
  onCancel?: (() => void) | undefined
}

export function FileCard({ name, note, progress, onCancel }: FileCardProps) {
  const text = useText()
  return (
    <div className="file-card">
      <span className="file-type" aria-hidden="true">
        {extension(name)}
      </span>
      <span className="grow col">
        <span className="row">
          <span className="cut" title={name}>
            {name}
          </span>
          <span className="t12 dim nowrap">{note}</span>
        </span>
        {progress && <Progress label={text('import.reading')} {...progress} />}
      </span>
      {onCancel && <IconButton icon={X} label={text('import.otherFile')} onClick={onCancel} />}
    </div>
  )
}

const extension = (name: string): string => name.split('.').at(-1)?.slice(0, 4).toUpperCase() ?? ''
