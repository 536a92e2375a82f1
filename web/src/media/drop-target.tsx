import { FileUp } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import type { DragEvent as ReactDragEvent, RefObject } from 'react'
import { createPortal } from 'react-dom'
import { limits } from '../../../protocol/limits.ts'
import { useText } from '../platform/texts.tsx'
import { useToast } from '../platform/toasts.tsx'

type DropProps = {
  name: string
  /** Stands in the region that takes what is dropped and pasted. */
  within: RefObject<HTMLElement | null>
  onFiles: (files: readonly File[]) => void
}

/** Covers the conversation while files are dragged over it; takes pasted pictures, too. */
export function DropTarget({ name, within, onFiles }: DropProps) {
  const text = useText()
  const toast = useToast()
  const [region, setRegion] = useState<HTMLElement>()
  const latest = useRef(onFiles)
  useEffect(() => {
    latest.current = onFiles
  })
  useDragging(within, setRegion)
  usePasting(within, latest)
  if (!region) return null
  const drop = (event: ReactDragEvent) => {
    event.preventDefault()
    setRegion(undefined)
    const { files, hasFolders } = filesOf(event.dataTransfer)
    if (hasFolders) toast({ message: text('media.noFolders') })
    if (files.length > 0) onFiles(files)
  }
  return createPortal(
    // Dropping is an extra: the button in the composer does the same.
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions
    <div
      className="drop-target"
      onDragOver={(event) => {
        event.preventDefault()
        event.dataTransfer.dropEffect = 'copy'
      }}
      onDragLeave={() => setRegion(undefined)}
      onDrop={drop}
    >
      <div>
        <FileUp className="i l" />
        <strong>{text('media.drop', { name })}</strong>
        <span className="muted t13">{text('media.dropHelp', { most: limits.mediaPerMessage })}</span>
      </div>
    </div>,
    region,
  )
}

const bringsFiles = ({ dataTransfer }: DragEvent) => dataTransfer?.types.includes('Files') === true

/** What is dropped beside the target must not open in place of the app. */
function useDragging(within: RefObject<HTMLElement | null>, onOver: (region: HTMLElement) => void): void {
  useEffect(() => {
    const region = within.current?.closest<HTMLElement>('.main')
    if (!region) return
    const enter = (event: DragEvent) => {
      if (bringsFiles(event)) onOver(region)
    }
    const beside = (event: DragEvent) => {
      if (event.defaultPrevented || !bringsFiles(event) || !event.dataTransfer) return
      event.preventDefault()
      event.dataTransfer.dropEffect = 'none'
    }
    region.addEventListener('dragenter', enter)
    document.addEventListener('dragover', beside)
    document.addEventListener('drop', beside)
    return () => {
      region.removeEventListener('dragenter', enter)
      document.removeEventListener('dragover', beside)
      document.removeEventListener('drop', beside)
    }
  }, [within, onOver])
}

/** Words win: office programs put a picture of them beside them. */
function usePasting(within: RefObject<HTMLElement | null>, onFiles: RefObject<DropProps['onFiles']>): void {
  useEffect(() => {
    const frame = within.current?.closest<HTMLElement>('.composer-frame')
    const paste = (event: ClipboardEvent) => {
      const files = Array.from(event.clipboardData?.files ?? [])
      if (files.length === 0 || event.clipboardData?.types.includes('text/plain')) return
      event.preventDefault()
      onFiles.current(files)
    }
    frame?.addEventListener('paste', paste)
    return () => frame?.removeEventListener('paste', paste)
  }, [within, onFiles])
}

function filesOf({ items, files }: DataTransfer): { files: File[]; hasFolders: boolean } {
  const isFolder = Array.from(items, (item) => item.webkitGetAsEntry()?.isDirectory === true)
  return { files: Array.from(files).filter((_, at) => !isFolder[at]), hasFolders: isFolder.includes(true) }
}
