import { useId } from 'react'
import type { ComponentProps } from 'react'
import { classes } from './classes.ts'

type TextFieldProps = ComponentProps<'input'> & {
  label: string
  help?: string | undefined
  /** Says what to do about it. */
  error?: string | undefined
}

export function TextField({ label, help, error, ...rest }: TextFieldProps) {
  const id = useId()
  const note = error ?? help
  return (
    <div>
      <label className="label" htmlFor={id}>
        {label}
      </label>
      <input
        {...rest}
        id={id}
        className={classes('input', rest.className)}
        aria-invalid={error ? true : undefined}
        aria-describedby={note ? `${id}-note` : undefined}
      />
      {note && (
        <p className={classes('help', error && 'bad')} id={`${id}-note`} role={error ? 'alert' : undefined}>
          {note}
        </p>
      )}
    </div>
  )
}
