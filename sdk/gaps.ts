import type { AudienceEvent, PersonEvent } from '../protocol/delivery.ts'
import type { State } from './state.ts'
import { isPersonEvent, placeOf } from './reduce-events.ts'

type LogEvent = AudienceEvent | PersonEvent

/** Events that came before those which stand before them, kept for a moment. */
export type Gaps = {
  hold(event: LogEvent): void
  /** Takes out the event that is next in the log of the given one, if it is here. */
  next(event: LogEvent, state: State): LogEvent | undefined
  clear(): void
}

/** In one log. Further ones are dropped, and come with the difference. */
const HELD_MAX = 1_000

export function createGaps(): Gaps {
  const logs = new Map<string, Map<number, LogEvent>>()

  return {
    hold(event) {
      const log = logs.get(logOf(event)) ?? new Map<number, LogEvent>()
      logs.set(logOf(event), log)
      if (log.size < HELD_MAX) log.set(placeOf(event).number, event)
    },
    next(event, state) {
      const log = logs.get(logOf(event))
      if (!log) return undefined
      const known = knownOf(event, state)
      for (const number of Array.from(log.keys())) if (number <= known) log.delete(number)
      const found = log.get(known + 1)
      log.delete(known + 1)
      if (log.size === 0) logs.delete(logOf(event))
      return found
    },
    clear: () => logs.clear(),
  }
}

const logOf = (event: LogEvent) => (isPersonEvent(event) ? 'person' : (placeOf(event).audienceId ?? ''))

/** The number of the last event of its log that has been applied. */
function knownOf(event: LogEvent, state: State): number {
  if (isPersonEvent(event)) return state.personNumber
  const { audienceId } = placeOf(event)
  return (audienceId === null ? undefined : state.audiences.get(audienceId)?.lastNumber) ?? 0
}
