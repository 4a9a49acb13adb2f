import { type Event, event } from "@bennu/telemetry"

/** Something that was still good had to make room. */
export const evicted: Event<{ readonly what: "value" | "rate"; readonly key: string }> =
  event("bennu.store.entry.evict")
