import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import type { InputOf, OutputOf } from '../../../sdk/index.ts'
import { Button } from './button.tsx'
import { useClient } from './client.tsx'

/** The queries that answer page by page, and the field that takes the last page's `next`. */
const cursors = {
  'member.list': 'after',
  'conversation.members': 'after',
  'message.recipients': 'after',
  'message.filled': 'after',
  'dispatch.list': 'before',
  'audit.list': 'before',
  'contact.list': 'after',
  'campaign.list': 'after',
  'order.list': 'after',
  'order-rule.list-versions': 'before',
} as const
type PagedName = keyof typeof cursors

type Asking = {
  enabled?: boolean
  /** Asks again, from the first page, when it changes. */
  version?: unknown
  /** Asks again for all loaded pages, for what changes without an event. */
  everyMs?: number
}

export type Pages<Name extends PagedName> = {
  pages: OutputOf<Name>[] | undefined
  error: unknown
  refetch: () => void
  /** Absent on the last page. */
  more: (() => void) | undefined
  isLoadingMore: boolean
}

/** The answer to a query that comes in pages; the last one stays until the next is there. */
export function usePages<Name extends PagedName>(
  name: Name,
  input: InputOf<Name>,
  { enabled = true, version, everyMs }: Asking = {},
): Pages<Name> {
  const client = useClient()
  const query = useInfiniteQuery({
    queryKey: ['pages', name, input, version],
    queryFn: ({ pageParam }: { pageParam: string | number | null }): Promise<OutputOf<Name>> =>
      client.do(name, pageParam === null ? input : { ...input, [cursors[name]]: pageParam }),
    initialPageParam: null as string | number | null,
    getNextPageParam: (last) => last.next,
    enabled,
    placeholderData: keepPreviousData,
    refetchInterval: everyMs ?? false,
  })
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query
  return {
    pages: query.data?.pages,
    error: query.data ? null : query.error,
    refetch: () => void query.refetch(),
    more: hasNextPage ? () => void (isFetchingNextPage || fetchNextPage()) : undefined,
    isLoadingMore: isFetchingNextPage,
  }
}

type MoreProps = { label: string; more: (() => void) | undefined; isLoading: boolean }

/** Below a list: fetches the next page as soon as it comes into view, and by a press where that failed. */
export function More({ label, more, isLoading }: MoreProps) {
  const end = useRef<HTMLParagraphElement>(null)
  const latest = useRef(more)
  useEffect(() => {
    latest.current = more
  })
  const isThere = more !== undefined
  useEffect(() => {
    if (!isThere || !end.current || isLoading) return
    const observer = new IntersectionObserver((entries) => {
      if (entries.some(({ isIntersecting }) => isIntersecting)) latest.current?.()
    })
    observer.observe(end.current)
    return () => observer.disconnect()
  }, [isThere, isLoading])
  if (!more) return null
  return (
    <p className="more-pages" ref={end}>
      <Button size="small" working={isLoading} onClick={more}>
        {label}
      </Button>
    </p>
  )
}
