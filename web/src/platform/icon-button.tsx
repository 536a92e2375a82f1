import type { LucideIcon } from 'lucide-react'
import type { ComponentProps } from 'react'
import { classes } from './classes.ts'
import { Tooltip } from './tooltip.tsx'

type IconButtonProps = ComponentProps<'button'> & {
  icon: LucideIcon
  label: string
  shortcut?: string | undefined
  large?: boolean
}

export function IconButton({ icon: Icon, label, shortcut, large, ...rest }: IconButtonProps) {
  return (
    <Tooltip text={label} shortcut={shortcut}>
      <button type="button" {...rest} className={classes('iconbtn', rest.className)} aria-label={label}>
        <Icon className={classes('i', large && 'l')} />
      </button>
    </Tooltip>
  )
}
