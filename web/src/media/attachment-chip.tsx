import { Captions, FileText, Film, ImageOff, RotateCw, X } from 'lucide-react'
import { useState } from 'react'
import type { KeyboardEvent } from 'react'
import { RequestError } from '../../../sdk/index.ts'
import { isArriving } from '../conversations/attached.ts'
import type { Attachment } from '../conversations/attached.ts'
import { useHere } from '../organization/organization-context.tsx'
import { classes } from '../platform/classes.ts'
import { useClient } from '../platform/client.tsx'
import { IconButton } from '../platform/icon-button.tsx'
import { Progress } from '../platform/progress.tsx'
import { useTexts } from '../platform/texts.tsx'
import { bytesText } from './bytes.ts'
import { DescribePicture } from './describe-picture.tsx'
import { detach, retry } from './uploads.ts'
import { LocalPicture } from './local-picture.tsx'
import { useFaultText } from './use-fault-text.ts'

type ChipProps = { place: string; item: Attachment }

/** One file of the next message. */
export function AttachmentChip({ place, item }: ChipProps) {
  const { text } = useTexts()
  const client = useClient()
  const { organization } = useHere()
  const [isDescribing, setDescribing] = useState(false)
  const { id, file, kind, state, description } = item
  const remove = (chip: Element | null) => {
    const next = (chip?.nextElementSibling ?? chip?.previousElementSibling)?.querySelector<HTMLElement>('.tray-remove')
    const after = next ?? chip?.closest('.composer-frame')?.querySelector('textarea')
    detach(place, id)
    after?.focus()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Delete' && event.key !== 'Backspace') return
    event.preventDefault()
    remove(event.currentTarget)
  }
  const mayRetry = state === 'failed' && !isFinal(item.fault)
  return (
    // Delete removes it from any of its buttons.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <li className={classes('chip', state === 'failed' && 'failed')} onKeyDown={isDescribing ? undefined : onKeyDown}>
      <Thumbnail item={item} />
      <span className="chip-words">
        <span className="cut t13" title={file.name} dir="auto">
          {file.name}
        </span>
        <State item={item} />
      </span>
      {kind === 'picture' && state !== 'failed' && (
        <IconButton
          icon={Captions}
          className={classes(description && 'is-on')}
          label={text(description ? 'media.described' : 'media.describe', { name: file.name })}
          onClick={() => setDescribing(true)}
        />
      )}
      {mayRetry && (
        <IconButton
          icon={RotateCw}
          label={text('media.retry', { name: file.name })}
          onClick={() => retry({ client, organizationId: organization.id, place, id })}
        />
      )}
      <IconButton
        icon={X}
        className="tray-remove"
        label={text(isArriving(item) ? 'media.stop' : 'media.remove', { name: file.name })}
        onClick={(event) => remove(event.currentTarget.closest('li'))}
      />
      {isDescribing && <DescribePicture place={place} item={item} onClose={() => setDescribing(false)} />}
    </li>
  )
}

function State({ item }: { item: Attachment }) {
  const { text, locale } = useTexts()
  const explain = useFaultText()
  const { file, state, sentBytes } = item
  const total = bytesText(file.size, locale)
  if (state === 'failed') return <span className="t12 bad">{explain(item)}</span>
  if (state === 'ready') return <span className="t12 dim num">{total}</span>
  const sent = text('media.sent', { sent: bytesText(sentBytes, locale), total })
  return (
    <>
      <span className="t12 dim num">
        {state === 'sending' ? sent : text(state === 'checking' ? 'media.checking' : 'media.waiting')}
      </span>
      <Progress label={file.name} done={sentBytes} total={file.size} />
    </>
  )
}

const icons = { picture: ImageOff, video: Film, file: FileText } as const

function Thumbnail({ item: { file, kind } }: { item: Attachment }) {
  const [isBroken, setBroken] = useState(false)
  const Icon = icons[kind]
  return (
    <span className="chip-picture">
      {kind === 'picture' && !isBroken ? (
        <LocalPicture file={file} alt="" onError={() => setBroken(true)} />
      ) : (
        <Icon className="i" />
      )}
    </span>
  )
}

const finalCodes: ReadonlySet<string> = new Set([
  'media.empty',
  'media.not-a-picture',
  'media.too-large',
  'media.too-many-pixels',
  'media.unreadable',
  'media.unsupported',
])
/** The same file would be refused again. */
const isFinal = (fault: unknown) => fault instanceof RequestError && finalCodes.has(fault.code)
