import { Check, Copy } from 'lucide-react'
import { useState } from 'react'
import { Button } from './button.tsx'
import { TextField } from './text-field.tsx'
import { useText } from './texts.tsx'

/** Something to take into another program. */
export function CopyField({ label, help, value }: { label: string; help?: string; value: string }) {
  const text = useText()
  const [isCopied, setCopied] = useState(false)
  const copy = () =>
    void navigator.clipboard.writeText(value).then(
      () => setCopied(true),
      () => undefined, // it can be selected and copied by hand
    )
  return (
    <div>
      <div className="row end">
        <span className="grow">
          <TextField label={label} value={value} readOnly onFocus={(event) => event.target.select()} />
        </span>
        <Button icon={isCopied ? Check : Copy} onClick={copy}>
          {text('action.copy')}
        </Button>
      </div>
      {help && <p className="help">{help}</p>}
    </div>
  )
}
