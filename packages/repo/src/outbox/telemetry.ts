import { type Event, event } from "@bennu/telemetry"

export interface DeliveryFailed {
  readonly topic: string
  readonly id: string
  /** From 1. */
  readonly attempt: number
  /** Whether it is not tried again. */
  readonly gaveUp: boolean
  readonly error: unknown
}

/** A message of an outbox could not be delivered. */
export const deliveryFailed: Event<DeliveryFailed> = event("bennu.repo.outbox.failed")
