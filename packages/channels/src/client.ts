export { type ClientChannel, channelOf, type Refusal } from "./client/client-channel.ts"
export type { PhoenixChannel, PhoenixPush, PhoenixSocket } from "./client/phoenix.ts"
