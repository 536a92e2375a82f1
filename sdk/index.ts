export type { Client, ConnectOptions, Exclusively, NewDirectPost, NewPost, SocketLike, Status } from './api.ts'
export { systemClock, type Clock } from './clock.ts'
export type { CommandFunctions, CommandName, CommandTypes, InputOf, OutputOf } from './commands.ts'
export { memoryStorage, type OutboxStorage, type StoredPost } from './outbox-storage.ts'
export { RequestError, type RequestErrorCode } from './request-error.ts'
export {
  emptyState,
  type Audience,
  type Conversation,
  type Failure,
  type Input,
  type MessageLog,
  type Need,
  type PendingPost,
  type Progress,
  type State,
} from './state.ts'
