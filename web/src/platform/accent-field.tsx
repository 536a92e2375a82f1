import { useState } from 'react'
import { readability, readableAccent } from './accent.ts'
import { useText } from './texts.tsx'

export const accents = ['#2a5bd7', '#0f766e', '#a3341f', '#86304b', '#6d3aa8', '#3f4450']

/** The colour of an organization: one of a few, or any that white text can be read on; lighter ones are darkened. */
export function AccentField({ value, onChange }: { value: string; onChange: (accent: string) => void }) {
  const text = useText()
  const [isDarkened, setDarkened] = useState(false)
  const choose = (colour: string) => {
    const readable = readableAccent(colour) ?? value
    setDarkened(readable !== colour)
    onChange(readable)
  }
  return (
    <fieldset className="accents">
      <legend className="label">{text('setup.accent')}</legend>
      <div className="row g1 wrap">
        {accents.map((accent) => (
          <label key={accent} className="swatch" title={accent}>
            <input
              type="radio"
              name="accent"
              className="sr"
              aria-label={accent}
              checked={accent === value}
              onChange={() => choose(accent)}
            />
            <i style={{ background: accent }} />
          </label>
        ))}
        <label className="swatch own" title={text('setup.accentOwn')}>
          <input
            type="color"
            aria-label={text('setup.accentOwn')}
            value={value}
            onChange={(event) => choose(event.target.value)}
          />
        </label>
        <span className="accent-sample" style={{ background: value }} aria-hidden="true">
          {text('accent.sample')}
        </span>
      </div>
      <p className="help" aria-live="polite">
        {text(isDarkened ? 'accent.darkened' : 'accent.readable', { contrast: readability(value) })}
      </p>
    </fieldset>
  )
}
