import type { LucideIcon } from 'lucide-react'
import type { ComponentProps } from 'react'
import { classes } from './classes.ts'

type ButtonProps = ComponentProps<'button'> & {
  look?: 'plain' | 'primary' | 'quiet' | 'danger'
  size?: 'normal' | 'small'
  icon?: LucideIcon | undefined
  /** Keeps the width, shows that the work goes on, and ignores further presses. */
  working?: boolean | undefined
}

export function Button({ look = 'plain', size = 'normal', icon: Icon, working, children, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      className={classes('btn', look !== 'plain' && look, size === 'small' && 'small', rest.className)}
      aria-busy={working ? true : undefined}
      onClick={working ? (event) => event.preventDefault() : rest.onClick}
    >
      {Icon && <Icon className="i xs" />}
      <span>{children}</span>
      {working && <Dots />}
    </button>
  )
}

function Dots() {
  return (
    <span className="dots" aria-hidden="true">
      <i />
      <i />
      <i />
    </span>
  )
}
