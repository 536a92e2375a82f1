/**
 * RFC 3339 with microseconds, as the database returns it, and as a number of microseconds that can be compared and
 * counted.
 */
export function toMicros(instant: string): number {
  const milliseconds = Date.parse(`${instant.slice(0, 23)}Z`)
  return milliseconds * 1_000 + Number(instant.slice(23, 26))
}

export function fromMicros(micros: number): string {
  const milliseconds = Math.floor(micros / 1_000)
  const rest = String(micros - milliseconds * 1_000).padStart(3, '0')
  return `${new Date(milliseconds).toISOString().slice(0, 23)}${rest}Z`
}
