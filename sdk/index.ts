export type { Client, ConnectOptions, NewDirectPost, NewPost, SocketLike, Status } from './api.ts'
export { browserStorage } from './browser-storage.ts'
export { connect } from './client.ts'
export { systemClock, type Clock } from './clock.ts'
export type { CommandFunctions, CommandName, CommandTypes, InputOf, OutputOf } from './commands.ts'
export { memoryStorage, type OutboxStorage, type StoredPost } from './outbox-storage.ts'
export { reduce, reduceAll } from './reducer.ts'
export { RequestError, type RequestErrorCode } from './request-error.ts'
export * from './selectors.ts'
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
export { viewOf, viewOfSnapshot, type View } from './view.ts'
