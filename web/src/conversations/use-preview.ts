import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import type { OutputOf } from '../../../sdk/index.ts'
import { useClient } from '../platform/client.tsx'

export type Preview = OutputOf<'message.preview'>
type Asked = { organizationId: string; audienceId: string; words: string }

/** A pause in the typing; the server answers ninety previews a minute. */
const PAUSE_MS = 700

/** What one recipient after the other would get of these words, and who lacks what. */
export function usePreview({ organizationId, audienceId, words }: Asked) {
  const client = useClient()
  const settled = useSettled(words)
  const [cursors, setCursors] = useState<readonly string[]>([])
  const after = cursors.at(-1)
  const parts = [{ type: 'text' as const, text: settled }]
  const fields = { missing: 'block' as const, timeZone: timeZone() }
  const { data, error } = useQuery<Preview>({
    queryKey: ['message.preview', organizationId, audienceId, settled, after],
    queryFn: () =>
      client.do('message.preview', { organizationId, audienceId, parts, fields, ...(after ? { after } : {}) }),
    enabled: settled.trim() !== '',
    placeholderData: keepPreviousData,
    retry: false,
    gcTime: 0,
  })
  const next = data?.next
  return {
    preview: data,
    error,
    /** The words that were asked about are the words there are. */
    isCurrent: settled === words,
    position: cursors.length,
    back: cursors.length > 0 ? () => setCursors(cursors.slice(0, -1)) : undefined,
    forth: next ? () => setCursors([...cursors, next]) : undefined,
  }
}

export const timeZone = () => new Intl.DateTimeFormat().resolvedOptions().timeZone

function useSettled(words: string): string {
  const [settled, setSettled] = useState(words)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(words), PAUSE_MS)
    return () => clearTimeout(timer)
  }, [words])
  return settled
}
