import { ChevronLeft, ChevronRight } from 'lucide-react'
import type { ReactNode } from 'react'
import { IconButton } from '../platform/icon-button.tsx'
import { useText } from '../platform/texts.tsx'
import { MessageBody } from './message-body.tsx'
import { textOf } from './part-text.ts'
import type { Preview } from './use-preview.ts'

type FieldsPreviewProps = {
  preview: Preview | undefined
  /** What goes along with the words. */
  children?: ReactNode
  isCurrent: boolean
  position: number
  back: (() => void) | undefined
  forth: (() => void) | undefined
}

/** The text of one recipient after the other, as it would arrive. */
export function FieldsPreview({ preview, children, isCurrent, position, back, forth }: FieldsPreviewProps) {
  const text = useText()
  const [one] = preview?.people ?? []
  return (
    <section aria-label={text('fields.preview')} aria-busy={!isCurrent}>
      <div className="row">
        <output className="grow cut muted t13">
          {one
            ? text('fields.previewOf', { name: one.name, number: position + 1, total: preview?.total ?? 0 })
            : text(preview ? 'fields.nobody' : 'state.loading')}
        </output>
        <IconButton icon={ChevronLeft} label={text('fields.back')} disabled={!back} onClick={back} />
        <IconButton icon={ChevronRight} label={text('fields.forth')} disabled={!forth} onClick={forth} />
      </div>
      {one && (
        <div className="field-preview">
          <MessageBody text={textOf(one.parts, text)} />
          {children}
        </div>
      )}
    </section>
  )
}
