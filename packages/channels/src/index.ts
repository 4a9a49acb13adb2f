export type {
  Answer,
  ChannelHandler,
  EndReason,
  Joined,
  Joining,
  JoinRefused,
  ListenOptions,
} from "./channel-handler.ts"
export { type Encoded, encoded, type Payload } from "./payload.ts"
export type {
  Accepted,
  Connection,
  Refused,
  SocketHandler,
  Transport,
  UpgradeRequest,
} from "./transport.ts"
