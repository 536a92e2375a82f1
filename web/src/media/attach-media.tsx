import { Camera, Image, Paperclip } from 'lucide-react'
import { useRef } from 'react'
import type { RefObject } from 'react'
import { limits } from '../../../protocol/limits.ts'
import { useIsHeld } from '../conversations/attached.ts'
import { useHere } from '../organization/organization-context.tsx'
import { useClient } from '../platform/client.tsx'
import { IconButton } from '../platform/icon-button.tsx'
import { touch, useMedia } from '../platform/media.ts'
import { Menu, MenuItem } from '../platform/menu.tsx'
import { useText } from '../platform/texts.tsx'
import { useToast } from '../platform/toasts.tsx'
import { DropTarget } from './drop-target.tsx'
import { attach } from './uploads.ts'
import './media.css'

type AttachProps = {
  place: string
  /** Of the conversation. */
  name: string
}

/** In the composer: files that are chosen, dropped on the conversation or pasted go along with the next message. */
export function AttachMedia({ place, name }: AttachProps) {
  const text = useText()
  const isHeld = useIsHeld(place)
  const isTouch = useMedia(touch)
  const input = useRef<HTMLInputElement>(null)
  const take = useTaking(place, input)
  const button = <IconButton icon={Paperclip} label={text('media.attach')} large disabled={isHeld} />
  return (
    <>
      {isTouch ? (
        <Menu label={text('media.attach')} side="top" trigger={button}>
          <MenuItem icon={Camera} onSelect={() => ask(input.current, 'camera')}>
            {text('media.camera')}
          </MenuItem>
          <MenuItem icon={Image} onSelect={() => ask(input.current, 'gallery')}>
            {text('media.gallery')}
          </MenuItem>
          <MenuItem icon={Paperclip} onSelect={() => ask(input.current, 'files')}>
            {text('media.files')}
          </MenuItem>
        </Menu>
      ) : (
        <IconButton
          icon={Paperclip}
          label={text('media.attach')}
          large
          disabled={isHeld}
          onClick={() => ask(input.current, 'files')}
        />
      )}
      <input
        ref={input}
        type="file"
        multiple
        hidden
        onChange={(event) => {
          take(Array.from(event.target.files ?? []))
          // The same file can be chosen again.
          event.target.value = ''
        }}
      />
      <DropTarget name={name} within={input} onFiles={take} />
    </>
  )
}

/** By name, so that phones give a JPEG of what they keep in a form of their own. */
const pictures = 'image/jpeg,image/png,image/webp,image/gif,image/avif'
const kinds = { camera: 'image/*', gallery: `${pictures},video/*`, files: '' } as const

/** Phones offer the camera, the gallery or all files, by what is asked for. */
function ask(input: HTMLInputElement | null, from: keyof typeof kinds): void {
  if (!input) return
  input.accept = kinds[from]
  input.toggleAttribute('capture', from === 'camera')
  input.click()
}

function useTaking(place: string, input: RefObject<HTMLInputElement | null>) {
  const text = useText()
  const toast = useToast()
  const client = useClient()
  const { organization } = useHere()
  const isTouch = useMedia(touch)
  return (files: readonly File[]) => {
    const leftOut = attach({ client, organizationId: organization.id, place, files })
    if (leftOut > 0) toast({ message: text('media.leftOut', { count: leftOut, most: limits.mediaPerMessage }) })
    // Enter sends it.
    if (!isTouch) input.current?.closest('.composer')?.querySelector('textarea')?.focus()
  }
}
