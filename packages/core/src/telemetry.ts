import { type Event, event } from "@bennu/telemetry"

export interface ChildEvent {
  readonly supervisor: string
  readonly child: string
  /** Milliseconds that it took. */
  readonly duration: number
}

/** A child was started. */
export const childStarted: Event<ChildEvent> = event("bennu.core.child.start")

/** A child was stopped, or given up: then with the error. */
export const childStopped: Event<ChildEvent & { readonly error?: unknown }> =
  event("bennu.core.child.stop")
