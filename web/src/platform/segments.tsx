import type { LucideIcon } from 'lucide-react'
import { RadioGroup } from 'radix-ui'
import type { Option } from './select.tsx'

type SegmentsProps<Value extends string> = {
  label: string
  value: Value
  options: readonly (Option<Value> & { icon?: LucideIcon })[]
  onChange: (value: Value) => void
}

/** One choice of a few that change what is shown; arrow keys move between them. */
export function Segments<Value extends string>({ label, value, options, onChange }: SegmentsProps<Value>) {
  const choose = (next: string) => {
    const chosen = options.find((option) => option.value === next)
    if (chosen) onChange(chosen.value)
  }
  return (
    <RadioGroup.Root className="seg" aria-label={label} value={value} onValueChange={choose} orientation="horizontal">
      {options.map(({ value, label, icon: Icon }) => (
        <RadioGroup.Item key={value} value={value}>
          {Icon && <Icon className="i xs" />}
          {label}
        </RadioGroup.Item>
      ))}
    </RadioGroup.Root>
  )
}
