import { X } from 'lucide-react'
import { Dialog as Radix } from 'radix-ui'
import type { ReactNode } from 'react'
import { IconButton } from './icon-button.tsx'
import { useReturnedFocus } from './returned-focus.ts'
import { useText } from './texts.tsx'

type DialogProps = {
  title: string
  open: boolean
  onClose: () => void
  children: ReactNode
  footer?: ReactNode
}

export function Dialog({ title, open, onClose, children, footer }: DialogProps) {
  const text = useText()
  const focus = useReturnedFocus()
  return (
    <Radix.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Radix.Portal>
        <Radix.Overlay className="backdrop" />
        <Radix.Content
          className="dialog"
          aria-describedby={undefined}
          onOpenAutoFocus={(event) => {
            focus.keep()
            focusFirstField(event)
          }}
          onCloseAutoFocus={focus.giveBack}
          onKeyDown={(event) => {
            // A tooltip would take the first Escape for itself.
            if (event.key === 'Escape' && isInside(event.currentTarget, event.target)) onClose()
          }}
        >
          <div className="dialog-head">
            <Radix.Title className="grow">{title}</Radix.Title>
            <Radix.Close asChild>
              <IconButton icon={X} label={text('action.close')} shortcut="escape" />
            </Radix.Close>
          </div>
          <div className="dialog-body">{children}</div>
          {footer && <div className="dialog-foot">{footer}</div>}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

/** What a dialogue has opened, such as another one, is inside it for React only. */
const isInside = (dialog: HTMLElement, target: EventTarget) => target instanceof Node && dialog.contains(target)

/** Where there is nothing to fill in, the dialogue itself: a focused button would show its tooltip. */
function focusFirstField(event: Event): void {
  event.preventDefault()
  if (!(event.currentTarget instanceof HTMLElement)) return
  const field = event.currentTarget.querySelector<HTMLElement>('input:not([type=radio]), textarea, select')
  const target = field ?? event.currentTarget
  target.focus()
}
