export { type OutboxDrainOptions, outboxDrain } from "./outbox/drain.ts"
export {
  type Deliver,
  type DrainOptions,
  type Outbox,
  type OutboxMessage,
  type OutboxOptions,
  type OutboxTopic,
  outbox,
} from "./outbox/outbox.ts"
export { type DeliveryFailed, deliveryFailed } from "./outbox/telemetry.ts"
