/** A moment as `datetime-local` shows it, by the clocks of a time zone: `2026-05-14T09:00`; empty for none. */
export function wallTime(at: string | null, timeZone: string): string {
  if (at === null || at === '') return ''
  const parts = new Map(
    formatFor(timeZone)
      .formatToParts(new Date(at))
      .map(({ type, value }) => [type, value]),
  )
  const [year, month, day, hour, minute] = fields.map((field) => parts.get(field) ?? '')
  return `${year?.padStart(4, '0')}-${month}-${day}T${hour}:${minute}`
}

/**
 * The moment at which the clocks there show this; null for an empty field. What they show twice means the first time,
 * and what they leave out the time as long after.
 */
export function momentAt(wall: string, timeZone: string): string | null {
  const asUtc = Date.parse(`${wall}Z`)
  if (Number.isNaN(asUtc)) return null
  const around = [asUtc - DAY_MS, asUtc + DAY_MS].map((ms) => asUtc - offsetAt(ms, timeZone))
  const candidates = around.toSorted((one, other) => one - other)
  const shown = candidates.find((ms) => wallTime(toIso(ms), timeZone) === wall.slice(0, WALL_LENGTH))
  return toIso(shown ?? Math.max(...candidates))
}

const fields = ['year', 'month', 'day', 'hour', 'minute'] as const
const DAY_MS = 86_400_000
const MINUTE_MS = 60_000
const WALL_LENGTH = '2026-05-14T09:00'.length

const toIso = (ms: number) => new Date(ms).toISOString()
/** Milliseconds by which the clocks there are ahead of UTC. */
const offsetAt = (ms: number, timeZone: string) =>
  Date.parse(`${wallTime(toIso(ms), timeZone)}Z`) - Math.floor(ms / MINUTE_MS) * MINUTE_MS

const formats = new Map<string, Intl.DateTimeFormat>()
function formatFor(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone)
  if (known) return known
  const format = new Intl.DateTimeFormat('en', {
    timeZone,
    hourCycle: 'h23',
    calendar: 'iso8601',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  })
  formats.set(timeZone, format)
  return format
}
