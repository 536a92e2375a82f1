import type { PersonId } from '../../../protocol/ids.ts'
import type { People } from '../organization/people.tsx'

/** The name of a person; a dash while it is not known. */
export type Names = (id: PersonId) => string

export const namesFrom =
  (people: People): Names =>
  (id) =>
    people.get(id)?.name ?? '–'
