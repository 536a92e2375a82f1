import { Check } from 'lucide-react'
import type { LucideIcon } from 'lucide-react'
import { DropdownMenu } from 'radix-ui'
import type { ReactNode } from 'react'
import { classes } from './classes.ts'
import { Keys } from './keys.tsx'
import { phone, useMedia } from './media.ts'

type MenuProps = {
  trigger: ReactNode
  children: ReactNode
  open?: boolean
  onOpenChange?: (open: boolean) => void
  side?: 'top' | 'right' | 'bottom' | 'left'
}

/** A pop-over of actions; on phones it comes from below. */
export function Menu({ trigger, children, side = 'bottom', ...rest }: MenuProps) {
  // A sheet covers the page; a pop-over leaves it usable.
  const isSheet = useMedia(phone)
  return (
    <DropdownMenu.Root modal={isSheet} {...rest}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="pop menu sheet" side={side} align="end" sideOffset={4} collisionPadding={8}>
          {children}
        </DropdownMenu.Content>
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
