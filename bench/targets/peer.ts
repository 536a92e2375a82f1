import type { AnsweredBy, SpeechName } from '../load/messages.ts'
import type { Program } from '../processes.ts'

/** A system that is measured beside ours. */
export type Peer = {
  name: string
  port: number
  program: Program
  speech: SpeechName
  /** What tells a sender that its message has arrived, one to one and in groups. */
  answeredBy: { direct: AnsweredBy; group: AnsweredBy }
  /** Where messages are kept: how many are there, and how many rows one message makes, one to one and in groups. */
  stored?: { count(): Promise<number>; rows: { direct: number; group: number } }
  /** The name of a room, as its clients write it. */
  room(index: number): string
  [Symbol.asyncDispose](): Promise<void>
}
