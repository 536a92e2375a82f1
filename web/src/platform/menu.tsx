import { Check } from 'lucide-react'
import type { LucideIcon } from 'lucide-react'
import { DropdownMenu } from 'radix-ui'
import { useState } from 'react'
import type { PointerEvent, ReactNode } from 'react'
import { classes } from './classes.ts'
import { Keys } from './keys.tsx'
import { phone, useMedia } from './media.ts'

type MenuProps = {
  /** What the pop-over holds; it is a region of the page of its own. */
  label: string
  trigger: ReactNode
  children: ReactNode
  open?: boolean
  onOpenChange?: (open: boolean) => void
  side?: 'top' | 'right' | 'bottom' | 'left'
}

/** A pop-over of actions; on phones it comes from below. */
export function Menu({ label, trigger, children, side = 'bottom', ...rest }: MenuProps) {
  const isSheet = useMedia(phone)
  const [isOpen, setOpen] = useState(false)
  const open = rest.open ?? isOpen
  const onOpenChange = rest.onOpenChange ?? setOpen
  // A sheet may cover what opened it: opened on the press, the release of the same click would choose from it.
  const onRelease = isSheet && {
    onPointerDown: (event: PointerEvent) => event.preventDefault(),
    onClick: () => onOpenChange(!open),
  }
  return (
    <DropdownMenu.Root modal={false} open={open} onOpenChange={onOpenChange}>
      <DropdownMenu.Trigger asChild {...onRelease}>
        {trigger}
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <section aria-label={label}>
          {isSheet && <div className="backdrop" />}
          <DropdownMenu.Content className="pop menu sheet" side={side} align="end" sideOffset={4} collisionPadding={8}>
            {children}
          </DropdownMenu.Content>
        </section>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}

type MenuItemProps = {
  icon?: LucideIcon
  onSelect: () => void
  shortcut?: string
  danger?: boolean
  disabled?: boolean
  children: ReactNode
}

export function MenuItem({ icon: Icon, onSelect, shortcut, danger, disabled, children }: MenuItemProps) {
  return (
    <DropdownMenu.Item
      className={classes('menu-item', danger && 'bad')}
      onSelect={onSelect}
      disabled={disabled ?? false}
    >
      {Icon && <Icon className="i s" />}
      {children}
      {shortcut && <Keys shortcut={shortcut} />}
    </DropdownMenu.Item>
  )
}

type MenuChoiceProps<Value extends string> = {
  label: string
  value: Value
  options: readonly { value: Value; label: string }[]
  onChange: (value: Value) => void
}

export function MenuChoice<Value extends string>({ label, value, options, onChange }: MenuChoiceProps<Value>) {
  return (
    <DropdownMenu.RadioGroup value={value}>
      <MenuLabel>{label}</MenuLabel>
      {options.map((option) => (
        <DropdownMenu.RadioItem
          key={option.value}
          className="menu-item"
          value={option.value}
          onSelect={(event) => {
            event.preventDefault()
            onChange(option.value)
          }}
        >
          <span className="grow">{option.label}</span>
          <DropdownMenu.ItemIndicator>
            <Check className="i xs" />
          </DropdownMenu.ItemIndicator>
        </DropdownMenu.RadioItem>
      ))}
    </DropdownMenu.RadioGroup>
  )
}

export const MenuLabel = ({ children }: { children: ReactNode }) => (
  <DropdownMenu.Label className="menu-label">{children}</DropdownMenu.Label>
)

export const MenuLine = () => (
  <DropdownMenu.Separator asChild>
    <hr />
  </DropdownMenu.Separator>
)
