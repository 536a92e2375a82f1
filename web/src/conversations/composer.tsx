import { Pencil, Reply, SendHorizontal, Smile, X } from 'lucide-react'
import { Suspense, useEffect, useLayoutEffect, useRef, useState } from 'react'
import type { KeyboardEvent, ReactNode, RefObject } from 'react'
import type { Conversation } from '../../../sdk/index.ts'
import { AttachMedia, FieldsButton, MediaTray } from '../organization/screens.ts'
import { IconButton } from '../platform/icon-button.tsx'
import { touch, useMedia } from '../platform/media.ts'
import { Menu } from '../platform/menu.tsx'
import { useText } from '../platform/texts.tsx'
import { sendFrom, useAttachments, useIsHeld } from './attached.ts'
import { draftOf, keepDraft } from './drafts.ts'
import { EmojiGrid } from './emoji-grid.tsx'
import { composerKey } from './composer-keys.ts'
import { mediaWords } from './part-text.ts'
import type { CouponPart, MediaPart } from './part-text.ts'
import type { MessageView } from './view.ts'

export type ComposerTask = { kind: 'reply' | 'edit'; message: MessageView }

type ComposerProps = {
  /** Names what is begun here and kept until it is sent: a conversation, or a person to begin one with. */
  place: string
  /** Of the conversation. */
  name: string
  task?: ComposerTask | undefined
  maxLength: number
  /** What goes along with the words, and stands above them; then there may be no words. */
  along?: ReactNode
  /** Beside the emoji: what else can be put into a message. */
  tools?: ReactNode
  /** Says whether it is on its way; what is not stays. */
  onSend: (text: string, media: readonly MediaPart[]) => Promise<boolean>
  onTyping: () => void
  onCancelTask: () => void
  onEditLast: () => void
  /** Where each recipient may get a text of their own. */
  fields?: FieldsHere | undefined
}

/** `onSent`: what was chosen to go along has gone. */
type FieldsHere = {
  conversation: Conversation
  audienceId: string
  coupon: CouponPart | undefined
  onSent: () => void
}

export function Composer(props: ComposerProps) {
  const { place, task, onSend, onTyping, onCancelTask } = props
  const text = useText()
  const attachments = useAttachments(place)
  const isHeld = useIsHeld(place)
  const goesAlong = Boolean(props.along) || attachments.some(({ state }) => state !== 'failed')
  const mayBeEmpty = goesAlong && task?.kind !== 'edit'
  const [words, setWords] = useState(() => draftOf(place))
  const [beforeEdit, setBeforeEdit] = useState('')
  const field = useRef<HTMLTextAreaElement>(null)
  const enterSends = !useMedia(touch)
  useGrowing(field)
  useFirstFocus(field, enterSends)
  useTask(task, (edited) => {
    if (edited !== undefined) {
      setBeforeEdit(words)
      setWords(edited)
    }
    field.current?.focus()
  })
  const change = (next: string) => {
    setWords(next)
    if (task?.kind !== 'edit') keepDraft(place, next)
    if (next !== '') onTyping()
  }
  useHeldWords(isHeld && task?.kind !== 'edit', () => setWords(draftOf(place)))
  const cancel = () => {
    if (task?.kind === 'edit') setWords(beforeEdit)
    onCancelTask()
  }
  const take = () => {
    if (task?.kind === 'edit') setWords(beforeEdit)
    else change('')
    field.current?.focus()
  }
  const send = () => {
    if (isHeld || (words.trim() === '' && !mayBeEmpty)) return
    const isSent =
      task?.kind === 'edit' ? onSend(words.trim(), []) : sendFrom(place, (media) => onSend(words.trim(), media))
    void isSent.then((went) => went && take())
  }
  const done = () => {
    take()
    if (task?.kind !== 'edit') props.fields?.onSent()
    onCancelTask()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const does = composerKey(event.nativeEvent, { enterSends, isEmpty: words === '', hasTask: task !== undefined })
    if (!does) return
    event.preventDefault()
    event.stopPropagation()
    const run = { send, cancel, editLast: props.onEditLast }
    run[does]()
  }
  const placeholder = text('composer.placeholder', { name: props.name })
  return (
    <div className="composer-frame">
      {props.along}
      {attachments.length > 0 && (
        <Suspense fallback={null}>
          <MediaTray place={place} />
        </Suspense>
      )}
      {task && <TaskLine task={task} onCancel={cancel} />}
      <div className="composer">
        <Menu
          label={text('composer.emoji')}
          side="top"
          trigger={<IconButton className="emoji-button" icon={Smile} label={text('composer.emoji')} large />}
        >
          <EmojiGrid onPick={(emoji) => change(inserted(field.current, words, emoji))} />
        </Menu>
        {props.fields && (
          <Suspense fallback={<span className="iconbtn" />}>
            <FieldsButton {...props.fields} task={task} words={words} onDone={done} />
          </Suspense>
        )}
        {props.tools}
        <Suspense fallback={<span className="iconbtn" />}>
          <AttachMedia place={place} name={props.name} />
        </Suspense>
        <textarea
          ref={field}
          rows={1}
          dir="auto"
          value={words}
          readOnly={isHeld}
          placeholder={placeholder}
          aria-label={placeholder}
          maxLength={props.maxLength}
          enterKeyHint={enterSends ? 'send' : 'enter'}
          onChange={(event) => change(event.target.value)}
          onKeyDown={onKeyDown}
        />
        <IconButton
          className="send"
          icon={SendHorizontal}
          label={text(task?.kind === 'edit' ? 'composer.save' : 'composer.send')}
          shortcut="enter"
          disabled={isHeld || (words.trim() === '' && !mayBeEmpty)}
          onClick={send}
        />
      </div>
    </div>
  )
}

function TaskLine({ task, onCancel }: { task: ComposerTask; onCancel: () => void }) {
  const text = useText()
  const Icon = task.kind === 'reply' ? Reply : Pencil
  const words = [task.message.text, ...mediaWords(task.message.media, text)].join(' ')
  return (
    <div className="composer-task">
      <Icon className="i xs" />
      <span className="cut grow" title={words}>
        <b>{task.kind === 'reply' ? task.message.author.name : text('composer.editing')}</b>{' '}
        <span dir="auto">{words}</span>
      </span>
      <IconButton icon={X} label={text('action.cancel')} shortcut="escape" onClick={onCancel} />
    </div>
  )
}

/** Takes the message's text when an edit begins, and the focus for both. */
function useTask(task: ComposerTask | undefined, begin: (edited: string | undefined) => void): void {
  const latest = useRef(begin)
  useEffect(() => {
    latest.current = begin
  })
  useEffect(() => {
    if (task) latest.current(task.kind === 'edit' ? task.message.text : undefined)
  }, [task])
}

/** What was held is gone, or is to be changed; the draft says which. */
function useHeldWords(isHeld: boolean, take: () => void): void {
  const [wasHeld, setWasHeld] = useState(isHeld)
  if (isHeld === wasHeld) return
  setWasHeld(isHeld)
  if (!isHeld) take()
}

/** Who opens a conversation writes next; on touch screens the keyboard would cover what there is to read. */
function useFirstFocus(fieldRef: RefObject<HTMLTextAreaElement | null>, isWanted: boolean): void {
  useEffect(() => {
    if (isWanted) fieldRef.current?.focus()
    // Only when the conversation is opened.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [])
}

/** A third of the window at most; above that it scrolls. */
function useGrowing(fieldRef: RefObject<HTMLTextAreaElement | null>): void {
  useLayoutEffect(() => {
    const element = fieldRef.current
    if (!element) return
    element.style.height = 'auto'
    element.style.height = `${Math.min(element.scrollHeight, window.innerHeight / 3)}px`
  })
}

function inserted(field: HTMLTextAreaElement | null, words: string, emoji: string): string {
  const at = field?.selectionEnd ?? words.length
  return words.slice(0, at) + emoji + words.slice(at)
}
