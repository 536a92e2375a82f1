import { ChevronDown } from 'lucide-react'
import { useId } from 'react'
import { classes } from './classes.ts'

export type Option<Value extends string> = { value: Value; label: string }

type SelectProps<Value extends string> = {
  label: string
  hideLabel?: boolean
  value: Value
  options: readonly Option<Value>[]
  onChange: (value: Value) => void
  disabled?: boolean
}

/** The browser's own select: the best there is for touch, keyboards and screen readers. */
export function Select<Value extends string>(props: SelectProps<Value>) {
  const id = useId()
  return (
    <div>
      <label className={classes('label', props.hideLabel && 'sr')} htmlFor={id}>
        {props.label}
      </label>
      <div className="select">
        <select
          id={id}
          className="input"
          value={props.value}
          disabled={props.disabled}
          onChange={(event) => {
            const chosen = props.options.find((option) => option.value === event.target.value)
            if (chosen) props.onChange(chosen.value)
          }}
        >
          {props.options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </select>
        <ChevronDown className="i xs" />
      </div>
    </div>
  )
}
