import { useId } from 'react'

type CheckProps = {
  label: string
  help?: string
  isOn: boolean
  onChange: (isOn: boolean) => void
  disabled?: boolean
}

/** Something that is so or not so. */
export function Check({ label, help, isOn, onChange, disabled }: CheckProps) {
  const id = useId()
  return (
    <div>
      <label className="row check">
        <input
          type="checkbox"
          className="tick"
          checked={isOn}
          disabled={disabled}
          aria-describedby={help ? id : undefined}
          onChange={(event) => onChange(event.target.checked)}
        />
        {label}
      </label>
      {help && (
        <p className="help" id={id}>
          {help}
        </p>
      )}
    </div>
  )
}
