import { Select } from './select.tsx'

type TimeZoneSelectProps = { label: string; help?: string; value: string; onChange: (timeZone: string) => void }

/** Every time zone there is, and the one that is chosen, whatever it is called. */
export function TimeZoneSelect({ label, help, value, onChange }: TimeZoneSelectProps) {
  const zones = Array.from(new Set([value, ...Intl.supportedValuesOf('timeZone')]))
  return (
    <div>
      <Select
        label={label}
        value={value}
        options={zones.map((zone) => ({ value: zone, label: zone.replaceAll('_', ' ') }))}
        onChange={onChange}
      />
      {help && <p className="help">{help}</p>}
    </div>
  )
}
