import { Suspense, useRef, useState } from 'react'
import type { RefObject } from 'react'
import { limits } from '../../../protocol/limits.ts'
import { RequestError } from '../../../sdk/index.ts'
import type { Conversation, OutputOf } from '../../../sdk/index.ts'
import { ChosenCoupon, CouponInMessage, MediaInMessage } from '../organization/screens.ts'
import { Button } from '../platform/button.tsx'
import { useAnswer, useErrorText } from '../platform/client.tsx'
import { Dialog } from '../platform/dialog.tsx'
import { Notice } from '../platform/notice.tsx'
import { useTexts } from '../platform/texts.tsx'
import { dropSent, isArriving, mediaOf, useAttachments } from './attached.ts'
import type { CouponPart, MediaPart } from './part-text.ts'
import { useChosenListeners } from './chosen-listeners.ts'
import { fieldIn, offsetOf, placeOf, withDefault } from './field-words.ts'
import { FieldsMissing } from './fields-missing.tsx'
import { FieldsPreview } from './fields-preview.tsx'
import { MediaPlace } from './media-place.tsx'
import { usePreview } from './use-preview.ts'
import { useSendWithFields } from './use-send-with-fields.ts'
import type { MessageView } from './view.ts'

type FieldsDialogProps = {
  conversation: Conversation
  audienceId: string
  words: string
  edited: MessageView | undefined
  /** Goes along with the words. */
  coupon?: CouponPart | undefined
  onDone: () => void
  onClose: () => void
}
type Policy = 'block' | 'default' | 'skip'

/** Words with fields, what each recipient gets of them, and what becomes of those for whom a value is missing. */
export function FieldsDialog({ conversation, edited, coupon, onDone, onClose, ...given }: FieldsDialogProps) {
  const { text } = useTexts()
  const { narrowed, postAt } = useChosenListeners(conversation.id)
  const [words, setWords] = useState(given.words)
  const [policy, setPolicy] = useState<Policy>('block')
  const field = useRef<HTMLTextAreaElement>(null)
  const audienceId = edited?.at?.audienceId ?? narrowed?.audienceId ?? given.audienceId
  const shown = usePreview({ organizationId: conversation.organizationId, audienceId, words })
  const { preview, error } = shown
  const { media, coupons, isWaiting, drop } = useAlong(conversation.id, { edited, coupon })
  const along = [...media, ...coupons]
  const { send, working } = useSendWithFields({ conversation, audienceId, edited, postAt, along })
  const lacking = preview?.lacking ?? 0
  const count = Math.max(0, (preview?.total ?? 0) - (policy === 'skip' ? lacking : 0))
  const isSaid = words.trim() !== '' && !isWaiting && shown.isCurrent && error === null
  const isReady = isSaid && count > 0 && (lacking === 0 || policy !== 'block')
  const submit = () =>
    void (async () => {
      if (!isReady || working || !(await send(words.trim(), policy))) return
      drop()
      onDone()
      onClose()
    })()
  const label = edited ? 'fields.save' : postAt ? 'fields.sendLater' : 'fields.send'
  const footer = (
    <Button look="primary" working={working} disabled={!isReady} onClick={submit}>
      {text(count > 0 ? label : 'composer.send', { count })}
    </Button>
  )
  return (
    <Dialog title={text('fields.title')} open onClose={onClose} footer={footer}>
      <div className="fields-dialog">
        <div>
          <label className="label" htmlFor="fields-words">
            {text('fields.words')}
          </label>
          <textarea
            ref={field}
            id="fields-words"
            className="input"
            rows={5}
            dir="auto"
            value={words}
            maxLength={limits.messageText}
            onChange={(event) => setWords(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) submit()
            }}
          />
        </div>
        <FieldPalette
          organizationId={conversation.organizationId}
          onPick={(name) => setWords(insertAt(field.current, words, fieldIn(name)))}
        />
        {error !== null && words.trim() !== '' && <Fault error={error} words={words} field={field} />}
        {error === null && preview && preview.lacking > 0 && (
          <FieldsMissing
            preview={preview}
            policy={policy}
            maySkip={conversation.kind === 'broadcast' && !edited}
            onPolicy={setPolicy}
            onDefault={(name, value) => setWords(withDefault(words, name, value))}
          />
        )}
        {isWaiting && <Notice>{text('media.stillArriving')}</Notice>}
        {error === null && words.trim() !== '' && (
          <FieldsPreview {...shown}>
            <Along media={media} coupons={coupons} edited={edited} />
          </FieldsPreview>
        )}
      </div>
    </Dialog>
  )
}

/** Of a message that is edited, what it has; else what was attached and chosen. */
function useAlong(place: string, { edited, coupon }: Pick<FieldsDialogProps, 'edited' | 'coupon'>) {
  const attachments = useAttachments(place)
  if (edited) return { media: edited.media, coupons: edited.coupons, isWaiting: false, drop: () => undefined }
  return {
    media: mediaOf(attachments),
    coupons: coupon ? [coupon] : [],
    isWaiting: attachments.some(isArriving),
    drop: () => dropSent(place, attachments),
  }
}

type AlongProps = { media: readonly MediaPart[]; coupons: readonly CouponPart[]; edited: MessageView | undefined }

/** What goes along with the words, as each recipient sees it. */
const Along = ({ media, coupons, edited }: AlongProps) => (
  <>
    {media.length > 0 && (
      <Suspense fallback={<MediaPlace media={media} />}>
        <MediaInMessage media={media} />
      </Suspense>
    )}
    {coupons.map((part) => (
      <Suspense key={part.campaignId} fallback={<div className="coupon-waiting" />}>
        {edited ? <CouponInMessage part={part} at={edited.at} /> : <ChosenCoupon part={part} />}
      </Suspense>
    ))}
  </>
)

type PaletteProps = { organizationId: string; onPick: (name: string) => void }

/** Each a press away; what it is called in the text stands in its title. */
function FieldPalette({ organizationId, onPick }: PaletteProps) {
  const { text, has } = useTexts()
  const { data } = useAnswer('field.list', { organizationId })
  const nameOf = ({ name }: OutputOf<'field.list'>['fields'][number]) => {
    const key = `fieldName.${name}`
    return has(key) ? text(key) : name
  }
  return (
    <fieldset className="field-palette">
      <legend className="label">{text('fields.insert')}</legend>
      {(data?.fields ?? []).map((field) => (
        <Button key={field.name} size="small" title={fieldIn(field.name)} onClick={() => onPick(written(field))}>
          {nameOf(field)}
        </Button>
      ))}
    </fieldset>
  )
}

/** Lists are put together by a filter. */
const written = ({ name, kind }: OutputOf<'field.list'>['fields'][number]) =>
  kind === 'list' ? `${name} | join: ", "` : name

type FaultProps = { error: unknown; words: string; field: RefObject<HTMLTextAreaElement | null> }

/** What is wrong with the text, and the way there. */
function Fault({ error, words, field }: FaultProps) {
  const { text } = useTexts()
  const explain = useErrorText()
  const place = error instanceof RequestError ? placeOf(error.path) : undefined
  const show = () => {
    const at = place ? offsetOf(words, place) : 0
    field.current?.focus()
    field.current?.setSelectionRange(at, at)
  }
  return (
    <Notice meaning="bad" action={place && { label: text('fields.show'), onSelect: show }}>
      {explain(error)} {place && text('fields.at', { ...place })}
    </Notice>
  )
}

/** Puts it where the caret is, and the caret behind it. */
function insertAt(field: HTMLTextAreaElement | null, words: string, piece: string): string {
  const start = field?.selectionStart ?? words.length
  const end = field?.selectionEnd ?? words.length
  field?.focus()
  requestAnimationFrame(() => field?.setSelectionRange(start + piece.length, start + piece.length))
  return words.slice(0, start) + piece + words.slice(end)
}
