const formats = new Map<string, Intl.DateTimeFormat>()

/** The day it is somewhere: `2026-05-14`. */
export function dayOf(at: Date, timeZone: string): string {
  let format = formats.get(timeZone)
  if (!format) {
    format = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' })
    formats.set(timeZone, format)
  }
  return format.format(at)
}
