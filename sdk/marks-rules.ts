import type { Mark } from '../protocol/conversations.ts'
import type { PersonId } from '../protocol/ids.ts'
import { limits } from '../protocol/limits.ts'
import type { Conversation } from './state.ts'

/** Read marks and typing show in direct conversations and in groups of at most 256. */
export function showsMarks({ kind, memberCount }: Pick<Conversation, 'kind' | 'memberCount'>): boolean {
  if (kind === 'direct') return true
  return kind === 'group' && memberCount !== null && memberCount <= limits.membersWithMarks
}

/** Sorted by person; what has been read has been delivered; who has done neither is left out. */
export function canonical(marks: readonly Mark[]): readonly Mark[] {
  return marks
    .map(({ personId, read, delivered }) => ({ personId, read, delivered: Math.max(read, delivered) }))
    .filter(({ delivered }) => delivered > 0)
    .toSorted((a, b) => (a.personId < b.personId ? -1 : 1))
}

/** Marks only move forward. The same array comes back where nothing moves. */
export function withMark(marks: readonly Mark[], mark: Mark): readonly Mark[] {
  const known = marks.find(({ personId }) => personId === mark.personId)
  const read = Math.max(known?.read ?? 0, mark.read)
  const delivered = Math.max(known?.delivered ?? 0, mark.delivered, read)
  if (known ? known.read === read && known.delivered === delivered : delivered === 0) return marks
  const others = marks.filter(({ personId }) => personId !== mark.personId)
  return canonical([...others, { personId: mark.personId, read, delivered }])
}

export function withoutMarks(marks: readonly Mark[], personIds: readonly PersonId[]): readonly Mark[] {
  const leaving = new Set(personIds)
  return marks.some(({ personId }) => leaving.has(personId))
    ? marks.filter(({ personId }) => !leaving.has(personId))
    : marks
}

/** Of marks in canonical order. */
export function isSame(before: readonly Mark[], after: readonly Mark[]): boolean {
  return (
    before.length === after.length &&
    before.every(({ personId, read, delivered }, index) => {
      const other = after[index]
      return other?.personId === personId && other.read === read && other.delivered === delivered
    })
  )
}
