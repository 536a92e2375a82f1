import type { PersonId } from '../../../protocol/ids.ts'
import type { Member } from '../../../protocol/organization.ts'

/** A colleague, or somebody from outside of whom only the name is known. */
export type KnownPerson = Pick<Member, 'personId' | 'name'> & Partial<Member> & { isExternal?: boolean }

type Load = (ids: PersonId[]) => Promise<readonly KnownPerson[]>

/** The people whose names are shown, asked for together and kept. */
export type Directory = {
  readonly members: ReadonlyMap<PersonId, KnownPerson>
  subscribe(listener: () => void): () => void
  /** Asks for those that are not known yet. */
  want(ids: readonly PersonId[]): void
  /** Asks again for all that are known. */
  refresh(): void
  /** Takes what came by another way. */
  learn(members: readonly KnownPerson[]): void
}

/** `member.get` takes as many at once. */
const idsPerRequest = 200

export function directory(load: Load, later: (run: () => void) => void = queueMicrotask): Directory {
  let members: ReadonlyMap<PersonId, KnownPerson> = new Map()
  const listeners = new Set<() => void>()
  const wanted = new Set<PersonId>()
  const asked = new Set<PersonId>()
  let isScheduled = false

  function learn(found: readonly KnownPerson[]): void {
    if (found.length === 0) return
    members = new Map([...members, ...found.map((member) => [member.personId, member] as const)])
    for (const { personId } of found) asked.add(personId)
    for (const listener of listeners) listener()
  }

  function ask(ids: readonly PersonId[]): void {
    for (const id of ids) wanted.add(id)
    if (isScheduled || wanted.size === 0) return
    isScheduled = true
    later(() => {
      isScheduled = false
      const all = Array.from(wanted)
      wanted.clear()
      for (let at = 0; at < all.length; at += idsPerRequest) fetchNames(all.slice(at, at + idsPerRequest))
    })
  }

  function fetchNames(ids: PersonId[]): void {
    for (const id of ids) asked.add(id)
    load(ids).then(learn, () => {
      // Without an answer they may be asked for again, as soon as something shows them.
      for (const id of ids) if (!members.has(id)) asked.delete(id)
    })
  }

  return {
    get members() {
      return members
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    want: (ids) => ask(ids.filter((id) => !asked.has(id))),
    refresh: () => ask(Array.from(members.keys())),
    learn,
  }
}
