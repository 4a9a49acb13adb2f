import { event } from "@bennu/telemetry"
import type { Gap } from "./adapter.ts"

/** A message went out; `listeners` are those of this node. */
export const broadcasted = event<{ readonly topic: string; readonly listeners: number }>(
  "bennu.pubsub.message.broadcast",
)

/** A listener threw, or its promise was rejected. The others were not disturbed. */
export const listenerFailed = event<{ readonly topic: string; readonly error: unknown }>(
  "bennu.pubsub.listener.fail",
)

/** Another node sent what this one cannot read: usually the two run different versions of the app. */
export const messageRefused = event<{ readonly topic: string; readonly error: unknown }>(
  "bennu.pubsub.message.refuse",
)

/** An adapter is connected, and has heard its own words. */
export const linkUp = event<{ readonly adapter: string; readonly again: boolean }>(
  "bennu.pubsub.link.up",
)

/** An adapter is not connected any more, or could not be. Told once for each outage. */
export const linkDown = event<{ readonly adapter: string; readonly error: unknown }>(
  "bennu.pubsub.link.down",
)

/** So many messages to other nodes had to go, because too many waited for the connection. */
export const messagesDropped = event<{ readonly adapter: string; readonly count: number }>(
  "bennu.pubsub.message.drop",
)

/** Something else than our packets came: someone uses the same channel for something else. */
export const packetRefused = event<{ readonly adapter: string; readonly size: number }>(
  "bennu.pubsub.packet.refuse",
)

/** Messages of other nodes never came, or may not have come. */
export const gapFound = event<Gap>("bennu.pubsub.gap.find")

/** Presence could not tell other nodes something, or `fetch` failed; it goes on without. */
export const presenceFailed = event<{ readonly topic: string; readonly error: unknown }>(
  "bennu.pubsub.presence.fail",
)
