import { createContext, use, useEffect, useMemo, useSyncExternalStore } from 'react'
import type { ReactNode } from 'react'
import type { PersonId } from '../../../protocol/ids.ts'
import { useClient } from '../platform/client.tsx'
import { directory } from './directory.ts'
import type { Directory, KnownPerson } from './directory.ts'
import { loadPeople } from './load-people.ts'
import { useHere } from './organization-context.tsx'

const Context = createContext<Directory | undefined>(undefined)

/** People known by id; in small organizations all of them are there from the start. */
const loadedAtFirst = 200

export function PeopleProvider({ children }: { children: ReactNode }) {
  const client = useClient()
  const { organization, isOutside } = useHere()
  const { id: organizationId, directoryVersion } = organization
  const people = useMemo(
    () => directory((personIds) => loadPeople(client, { organizationId, personIds, isOutside })),
    [client, organizationId, isOutside],
  )
  useEffect(() => {
    people.refresh()
    if (isOutside) return
    client.do('member.list', { organizationId, limit: loadedAtFirst }).then(
      (list) => people.learn(list.members),
      // Names are asked for one by one where they are needed.
      () => undefined,
    )
    // A new version of the directory may hold other names.
    // oxlint-disable-next-line react/exhaustive-effect-dependencies
  }, [client, people, organizationId, directoryVersion, isOutside])
  return <Context value={people}>{children}</Context>
}

export type People = ReadonlyMap<PersonId, KnownPerson>

/** All people known so far; those wanted are asked for. */
export function usePeople(wanted: readonly PersonId[]): People {
  const people = use(Context)
  if (!people) throw new Error('PeopleProvider is missing')
  const members = useSyncExternalStore(people.subscribe, () => people.members)
  useEffect(() => people.want(wanted), [people, wanted])
  return members
}

const nobody: readonly PersonId[] = []
export const useKnownPeople = (): People => usePeople(nobody)
