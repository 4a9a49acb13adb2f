import type { PubSub } from "@bennu/pubsub"
import { isRecord } from "../view/client-message.ts"

/** A scope carries its ports: what is broadcast through it is heard here. */
export function pubsubOf(scope: unknown): PubSub | null {
  const pubsub = isRecord(scope) ? scope["pubsub"] : null
  // whatever a scope calls its pubsub can be subscribed to, or is none
  return isRecord(pubsub) && typeof pubsub["subscribe"] === "function"
    ? (pubsub as unknown as PubSub)
    : null
}
