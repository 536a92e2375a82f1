/**
 * RFC 3339 with microseconds, as the database returns it, and as a number of microseconds that can be compared and
 * counted.
 */
export function toMicros(instant: string): number {
  const milliseconds = Date.parse(`${instant.slice(0, 23)}Z`)
  return milliseconds * 1_000 + Number(instant.slice(23, 26))
}

/** Most of a batch falls into one millisecond. */
let lastMilliseconds = 0
let lastPrefix = '1970-01-01T00:00:00.000'

export function fromMicros(micros: number): string {
  const milliseconds = Math.floor(micros / 1_000)
  if (milliseconds !== lastMilliseconds) {
    lastMilliseconds = milliseconds
    lastPrefix = new Date(milliseconds).toISOString().slice(0, 23)
  }
  return `${lastPrefix}${String(micros - milliseconds * 1_000).padStart(3, '0')}Z`
}
