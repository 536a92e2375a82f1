import { Braces } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import type { Conversation } from '../../../sdk/index.ts'
import { IconButton } from '../platform/icon-button.tsx'
import { useText } from '../platform/texts.tsx'
import type { ComposerTask } from './composer.tsx'
import type { CouponPart } from './part-text.ts'

const FieldsDialog = lazy(async () => ({ default: (await import('./fields-dialog.tsx')).FieldsDialog }))

type FieldsButtonProps = {
  conversation: Conversation
  audienceId: string
  task: ComposerTask | undefined
  words: string
  coupon?: CouponPart | undefined
  /** The words are on their way, or were taken along. */
  onDone: () => void
}

/** Beside the words: opens where they get fields, and where it shows what each recipient gets. */
export function FieldsButton({ task, ...rest }: FieldsButtonProps) {
  const text = useText()
  const [isOpen, setOpen] = useState(false)
  if (task?.kind === 'reply') return null
  const edited = task?.message
  return (
    <>
      <IconButton icon={Braces} label={text('fields.open')} large onClick={() => setOpen(true)} />
      {isOpen && (
        <Suspense fallback={null}>
          <FieldsDialog {...rest} edited={edited} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  )
}
