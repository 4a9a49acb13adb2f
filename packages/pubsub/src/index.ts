export { type Adapter, type Gap, local } from "./adapter.ts"
export type { Bus, BusOptions } from "./bus.ts"
export type { Dispatch, Hearer } from "./dispatch.ts"
export { emit } from "./emit.ts"
export {
  AsyncSchemaError,
  BacklogError,
  LinkStalledError,
  LinkTimeoutError,
  MessageError,
  MetaError,
  PresenceFullError,
  PubSubStoppedError,
} from "./errors.ts"
export type { Replayed } from "./history/history.ts"
export type { HistoryOptions, Keep } from "./history/keep.ts"
export type { Subscription } from "./hub.ts"
export { type MetaOf, openPubSub, type PubSub, type PubSubOptions } from "./open-pub-sub.ts"
export type { Meta } from "./presence/entry.ts"
export { openPresence, type PresenceOptions } from "./presence/open-presence.ts"
export {
  type FetchPresents,
  type Presence,
  type PresenceDiff,
  type Present,
  type Presents,
  presenceDiff,
  presenceState,
  type Tracked,
  type TrackOptions,
} from "./presence/presence.ts"
export { type AnyTopic, type Topic, type TopicOptions, topic } from "./topic.ts"
