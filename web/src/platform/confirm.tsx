import { Button } from './button.tsx'
import { Dialog } from './dialog.tsx'
import { useText } from './texts.tsx'

type ConfirmProps = {
  title: string
  body: string
  /** Says what happens and to how many. */
  action: string
  danger?: boolean
  working?: boolean
  open: boolean
  onConfirm: () => void
  onClose: () => void
}

export function Confirm({ title, body, action, danger, working, open, onConfirm, onClose }: ConfirmProps) {
  const text = useText()
  const footer = (
    <>
      <Button look="quiet" onClick={onClose}>
        {text('action.cancel')}
      </Button>
      <Button look={danger ? 'danger' : 'primary'} working={working} onClick={onConfirm}>
        {action}
      </Button>
    </>
  )
  return (
    <Dialog title={title} open={open} onClose={onClose} footer={footer}>
      <p className="muted">{body}</p>
    </Dialog>
  )
}
