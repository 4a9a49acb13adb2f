export {
  type Ask,
  type Call,
  type Client,
  ClientError,
  type ClientOptions,
  client,
  type Problem,
  type Refusal,
} from "./client/client.ts"
