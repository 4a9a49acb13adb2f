import { event } from "@bennu/telemetry"

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
