type TimeLeft = { unit: 'minutes' | 'hours' | 'days'; count: number }

const minuteMs = 60_000

/** Rounded down, so that nobody dictates a code that has ended; in the largest unit of which there are at least two. */
export function timeLeft(ms: number): TimeLeft {
  const minutes = Math.max(Math.floor(ms / minuteMs), 0)
  if (minutes < 120) return { unit: 'minutes', count: minutes }
  const hours = Math.floor(minutes / 60)
  return hours < 48 ? { unit: 'hours', count: hours } : { unit: 'days', count: Math.floor(hours / 24) }
}
