import { useId } from 'react'

type TextAreaProps = { label: string; value: string; maxLength: number; onChange: (value: string) => void }

/** For words of more than one line. */
export function TextArea({ label, value, maxLength, onChange }: TextAreaProps) {
  const id = useId()
  return (
    <div>
      <label className="label" htmlFor={id}>
        {label}
      </label>
      <textarea
        id={id}
        className="input"
        rows={3}
        dir="auto"
        value={value}
        maxLength={maxLength}
        onChange={(event) => onChange(event.target.value)}
      />
    </div>
  )
}
