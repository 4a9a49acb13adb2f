export { type Adapter, type Gap, local } from "./adapter.ts"
export type { Bus } from "./bus.ts"
export {
  AsyncSchemaError,
  BacklogError,
  LinkStalledError,
  LinkTimeoutError,
  MessageError,
  PubSubStoppedError,
} from "./errors.ts"
export type { Subscription } from "./hub.ts"
export { openPubSub, type PubSub, type PubSubOptions } from "./open-pub-sub.ts"
export { type Topic, topic } from "./topic.ts"
