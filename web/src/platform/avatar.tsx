import { classes } from './classes.ts'
import { colourPair, initials } from './initials.ts'

export type AvatarSize = 'xs' | 'sm' | 'md' | 'lg' | 'xl'

type AvatarProps = {
  id: string
  name: string
  /** Round is a person inside, square is a contact, a group or a company. */
  shape?: 'round' | 'square'
  size?: AvatarSize
  presence?: 'online' | 'away' | undefined
}

/** Decoration: the name always stands beside it, so screen readers skip it. */
export function Avatar({ id, name, shape = 'round', size = 'md', presence }: AvatarProps) {
  const look = classes('av', `a${colourPair(id)}`, size !== 'md' && size, shape === 'square' && 'square', presence)
  return <span className={look} title={name} aria-hidden="true" data-initials={initials(name)} />
}

type AvatarStackProps = { people: readonly { id: string; name: string }[]; max?: number }

export const AvatarStack = ({ people, max = 3 }: AvatarStackProps) => (
  <span className="avs">
    {people.slice(0, max).map((person) => (
      <Avatar key={person.id} {...person} size="sm" />
    ))}
  </span>
)
