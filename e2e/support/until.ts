import { setTimeout } from 'node:timers/promises'

const PATIENCE_MS = 20_000
/** What looks at another process takes time from it, on a machine with two cores. */
const POLL_MS = 20
const POLL_REMOTE_MS = 100

/** Waits until something is so, and says what was not when it takes too long. Answers with what was found. */
export async function until<T>(
  look: () => T | Promise<T>,
  words: string,
  patienceMs = PATIENCE_MS,
  pollMs = POLL_MS,
): Promise<Exclude<T, false | undefined | null>> {
  const deadline = performance.now() + patienceMs
  for (;;) {
    const found = await look()
    if (found !== false && found !== undefined && found !== null) return found as Exclude<T, false | undefined | null>
    if (performance.now() > deadline) throw new Error(`In ${patienceMs / 1_000} s it did not come about that ${words}.`)
    await setTimeout(pollMs)
  }
}

/** For what may take as long as a server needs to come back. */
export const untilBack = <T>(look: () => T | Promise<T>, words: string) => until(look, words, 60_000, POLL_REMOTE_MS)
