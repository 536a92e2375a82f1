/** A log and the number of its last event. */
export type Head = { audienceId: string; number: number }

/**
 * FNV-1a (32 bits, eight hexadecimal digits) over `audienceId:number;` of all heads, sorted by the audience's id.
 * Server and client compare it to see that nothing is missing, not even the last event of a log. The order of `heads`
 * does not matter.
 */
export function digestOf(heads: Iterable<Head>): string {
  const sorted = Array.from(heads).toSorted((a, b) => (a.audienceId < b.audienceId ? -1 : 1))
  let hash = OFFSET_BASIS
  for (const { audienceId, number } of sorted) {
    const text = `${audienceId}:${number};`
    // Ids and numbers are ASCII, so each code unit is one byte.
    for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), PRIME)
  }
  return (hash >>> 0).toString(16).padStart(8, '0')
}

const OFFSET_BASIS = 0x811c9dc5
const PRIME = 0x01000193
