import type { Option } from '../platform/select.tsx'

type InlineSelectProps<Value extends string> = {
  label: string
  value: Value
  options: readonly Option<Value>[]
  onChange: (value: Value) => void
}

/** A choice that stands in a sentence. */
export function InlineSelect<Value extends string>({ label, value, options, onChange }: InlineSelectProps<Value>) {
  return (
    <select
      className="input inline-field"
      aria-label={label}
      value={value}
      onChange={(event) => {
        const chosen = options.find((option) => option.value === event.target.value)
        if (chosen) onChange(chosen.value)
      }}
    >
      {options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.label}
        </option>
      ))}
    </select>
  )
}

type InlineInputProps = {
  label: string
  value: string
  onChange: (value: string) => void
  inputMode?: 'decimal' | 'numeric' | 'text'
  size?: number
}

/** A word or number that stands in a sentence; as wide as what is in it. */
export function InlineInput({ label, value, onChange, inputMode = 'text', size }: InlineInputProps) {
  return (
    <input
      className="input inline-field"
      aria-label={label}
      placeholder={label}
      value={value}
      inputMode={inputMode}
      size={size ?? Math.max(8, Math.min(40, value.length + 2))}
      onChange={(event) => onChange(event.target.value)}
    />
  )
}
