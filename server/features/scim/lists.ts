import { z } from 'zod'
import type { OrganizationId } from '../../../protocol/ids.ts'
import { limits } from '../../../protocol/limits.ts'
import type { Tx } from '../../platform/sql.ts'
import { readFilter, type Lookup } from './filter.ts'
import { listSchema } from './resource.ts'
import { ScimFault } from './scim-fault.ts'

/** RFC 7644, 3.4.2.4: what is not a number is taken as not said. */
const whole = z.coerce.number().int().catch(Number.NaN)
export const ListQuery = z.object({
  filter: z.string().optional(),
  startIndex: whole.optional().transform((value) => Math.max(1, value || 1)),
  count: whole
    .optional()
    .transform((value) => (value === undefined || Number.isNaN(value) ? DEFAULT : value))
    .transform((value) => Math.min(limits.page, Math.max(0, value))),
  attributes: z.string().max(2_000).optional(),
  excludedAttributes: z.string().max(2_000).optional(),
})
export type ListQuery = z.output<typeof ListQuery>
const DEFAULT = 100

/** Resources read at a time for a filter that can't be looked up, and how many at most. */
const SCAN_PAGE = 1_000
const SCAN_MAX = 50_000

export type Listing<Row> = {
  tx: Tx
  organizationId: OrganizationId
  lookups: Partial<Record<Lookup['by'], (value: string) => Promise<readonly string[]>>>
  count(): Promise<number>
  page(range: { skip: number; limit: number }): Promise<readonly string[]>
  read(ids: readonly string[]): Promise<readonly Row[]>
  /** As a filter sees it. */
  whole(rows: readonly Row[]): Promise<readonly Record<string, unknown>[]>
}

/** The rows of one page, and how many there are in all. */
export async function list<Row>(
  listing: Listing<Row>,
  query: ListQuery,
): Promise<{ total: number; rows: readonly Row[] }> {
  const { startIndex, count, filter } = query
  const range = { skip: startIndex - 1, limit: count }
  if (filter === undefined || filter.trim() === '') {
    const ids = count === 0 ? [] : await listing.page(range)
    return { total: await listing.count(), rows: await listing.read(ids) }
  }
  const found = await findAll(listing, filter)
  return { total: found.length, rows: found.slice(range.skip, range.skip + range.limit) }
}

async function findAll<Row>(listing: Listing<Row>, filter: string): Promise<Row[]> {
  const lookups = Object.keys(listing.lookups).filter((by): by is Lookup['by'] => by in listing.lookups)
  const { lookup, matches } = await readFilter(filter, lookups)
  const fitting = async (ids: readonly string[]) => {
    const rows = await listing.read(ids)
    const wholes = await listing.whole(rows)
    return rows.filter((_, index) => matches(wholes[index] ?? {}))
  }
  if (lookup) return fitting((await listing.lookups[lookup.by]?.(lookup.value)) ?? [])
  const found: Row[] = []
  for (let skip = 0; ; skip += SCAN_PAGE) {
    if (skip >= SCAN_MAX)
      throw new ScimFault(400, 'Too many to look through. Ask for userName, externalId, emails or id.', {
        scimType: 'tooMany',
      })
    const ids = await listing.page({ skip, limit: SCAN_PAGE })
    found.push(...(await fitting(ids)))
    if (ids.length < SCAN_PAGE) return found
  }
}

export function listResponse(total: number, startIndex: number, resources: readonly object[]) {
  return {
    schemas: [listSchema],
    totalResults: total,
    startIndex,
    itemsPerPage: resources.length,
    Resources: resources,
  }
}
