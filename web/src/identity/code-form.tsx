import { useState } from 'react'
import { Button } from '../platform/button.tsx'
import { TextField } from '../platform/text-field.tsx'
import { useText } from '../platform/texts.tsx'
import { codeDigits, groupedCode } from './code.ts'

type CodeFormProps = {
  /** What is typed; the code of a mail where it is left out. */
  label?: string
  short?: string
  help: string
  action: string
  working: boolean
  error?: string | undefined
  onSubmit: (code: string) => void
}

/** Eight digits; a pasted or automatically filled code is sent at once. */
export function CodeForm({ label, short, help, action, working, error, onSubmit }: CodeFormProps) {
  const text = useText()
  const [code, setCode] = useState('')
  const [isShort, setIsShort] = useState(false)
  const change = (value: string) => {
    const next = groupedCode(value)
    setCode(next)
    setIsShort(false)
    if (codeDigits(next).length === 8 && next !== code && !working) onSubmit(codeDigits(next))
  }
  return (
    <form
      className="welcome-form"
      onSubmit={(event) => {
        event.preventDefault()
        if (codeDigits(code).length < 8) setIsShort(true)
        else if (!working) onSubmit(codeDigits(code))
      }}
    >
      <TextField
        className="code num"
        label={label ?? text('signIn.code')}
        help={help}
        error={isShort ? (short ?? text('signIn.codeShort')) : error}
        value={code}
        onChange={(event) => change(event.target.value)}
        inputMode="numeric"
        autoComplete="one-time-code"
        maxLength={12}
        // The person has just asked for this field; everything else on the page waits for it.
        // oxlint-disable-next-line jsx-a11y/no-autofocus
        autoFocus
        required
      />
      <Button look="primary" type="submit" working={working}>
        {action}
      </Button>
    </form>
  )
}
