import { whenCommitted } from "@bennu/core"
import type { PubSub } from "./open-pub-sub.ts"
import { checked } from "./said.ts"
import { listenerFailed } from "./telemetry.ts"
import type { AnyTopic } from "./topic.ts"

/**
 * Says what happened once it has: when the transaction around the caller is committed, and at once where there is none.
 * Nobody hears of what is taken back. A process that dies between the commit and this says nothing any more; what may
 * not be lost goes into an outbox (`@bennu/repo/outbox`).
 * @throws {MessageError} at once, when the message does not fit the topic's schema.
 * @example await repo.transaction(async () => { …; emit(pubsub, published, { slug }) })
 */
export function emit<M>(
  pubsub: Pick<PubSub, "broadcast">,
  topic: AnyTopic<M>,
  message: NoInfer<M>,
): void {
  const { name } = topic
  checked(name, topic.message, message)
  whenCommitted(() => {
    // whoever did it has gone on: what fails now is told to nobody but telemetry
    pubsub
      .broadcast(topic, message)
      .catch((error: unknown) => listenerFailed.emit(() => ({ topic: name, error })))
  })
}
