import type { Random } from './random.ts'

/** What goes wrong, as probabilities. Every seed mixes its own; some have calm weather in one respect or another. */
export type Faults = {
  /** A push gets lost although the connection holds. */
  pushLost: number
  pushTwice: number
  /** A push overtakes others. */
  pushLate: number
  /** A connection takes nothing for a while: it gets a hint afterwards, as a slow one does. */
  slow: number
  /** A request never arrives although the connection holds. */
  requestLost: number
  /** A request is carried out later, maybe after its connection has gone; those behind it overtake it. */
  requestLate: number
  /** A request is carried out a second time, later. */
  requestTwice: number
  /** A request meets a server that is busy. */
  busy: number
  /** The server dies after the commit and before the answer. */
  crashAfterCommit: number
  crashBeforeCommit: number
  /** It dies after the answer, and before anybody else has been told. */
  crashBeforePublish: number
  /** A connection attempt fails. */
  connectFails: number
  /** An answer never comes, although the connection holds. */
  answerLost: number
  /** Each time something happens, instead of somebody doing something. */
  cut: number
  drain: number
  restore: number
  prune: number
  reload: number
  /** A session is ended by somebody else; its owner signs in again later. */
  revoke: number
  membership: number
}

export function chooseFaults(random: Random): Faults {
  const perhaps = (most: number) => (random.chance(0.6) ? random.next() * most : 0)
  return {
    pushLost: perhaps(0.2),
    pushTwice: perhaps(0.3),
    pushLate: perhaps(0.4),
    slow: perhaps(0.05),
    requestLost: perhaps(0.02),
    requestLate: perhaps(0.1),
    requestTwice: perhaps(0.1),
    busy: perhaps(0.15),
    crashAfterCommit: perhaps(0.05),
    crashBeforeCommit: perhaps(0.05),
    crashBeforePublish: perhaps(0.03),
    connectFails: perhaps(0.5),
    answerLost: perhaps(0.02),
    cut: perhaps(0.05),
    drain: perhaps(0.03),
    restore: random.chance(0.25) ? 0.01 : 0,
    prune: perhaps(0.03),
    reload: perhaps(0.05),
    revoke: perhaps(0.05),
    membership: perhaps(0.1),
  }
}

/** From now on all is well. */
export function heal(faults: Faults): void {
  for (const name of Object.keys(faults)) Object.assign(faults, { [name]: 0 })
}
