import { Avatar } from './avatar.tsx'

type PersonChoiceProps = {
  person: { id: string; name: string; about?: string | undefined }
  isChosen: boolean
  /** One is enough: choosing ends it. */
  isOnlyOne?: boolean
  onChoose: () => void
}

/** A person in a list to tick or to pick from. */
export function PersonChoice({
  person: { id, name, about },
  isChosen,
  isOnlyOne = false,
  onChoose,
}: PersonChoiceProps) {
  return (
    <li>
      <label className="person">
        <input
          type={isOnlyOne ? 'radio' : 'checkbox'}
          className={isOnlyOne ? 'sr' : 'tick'}
          checked={isChosen}
          onChange={onChoose}
        />
        <Avatar id={id} name={name} />
        <span className="col grow">
          <span className="cut" title={name} dir="auto">
            {name}
          </span>
          <span className="dim t12 cut" title={about} dir="auto">
            {about}
          </span>
        </span>
      </label>
    </li>
  )
}
