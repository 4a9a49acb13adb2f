export {
  type Channel,
  type ContractOf,
  channel,
  channels,
  type Mountable,
} from "./channel/channel.ts"
export type { PresentHere } from "./channel/channel-presence.ts"
export type { ChannelSocket } from "./channel/channel-socket.ts"
export { ContractError, PushError } from "./channel/contract.ts"
export type {
  Admission,
  ChannelDefinition,
  EventAnswer,
  EventHandlers,
  JoinRequest,
  ReplyOf,
} from "./channel/definition.ts"
export { type ReplyLater, replyLater } from "./channel/reply-later.ts"
export type {
  Answer,
  ChannelHandler,
  EndReason,
  Joined,
  Joining,
  JoinRefused,
  ListenOptions,
} from "./channel-handler.ts"
export { broadcastTo, disconnect } from "./disconnect.ts"
export {
  AnsweredTwiceError,
  MailboxFullError,
  MalformedFrameError,
  NameTooLongError,
} from "./errors.ts"
export type { SocketLimits } from "./limits.ts"
export type { LongPollOptions } from "./longpoll/long-polls.ts"
export type { ChannelLimits } from "./mounted.ts"
export type { OriginPolicy, WebOrigin } from "./origin.ts"
export { type Encoded, encoded, type Payload } from "./payload.ts"
export { sessionOfPage } from "./session-of-page.ts"
export { type Revocations, type Revoked, revokeSession } from "./sessions.ts"
export {
  type Connect,
  type ConnectFor,
  type Connecting,
  type Recheck,
  type SocketOptions,
  socket,
} from "./socket.ts"
export type { Timer } from "./timer.ts"
export type {
  Accepted,
  Connection,
  HttpAnswer,
  Refused,
  SocketHandler,
  Transport,
  UpgradeRequest,
} from "./transport.ts"
