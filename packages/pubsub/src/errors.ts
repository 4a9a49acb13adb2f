import { BennuError, type Issue } from "@bennu/core"

/** What was broadcast does not have the shape that its topic declares. */
export class MessageError extends BennuError {
  readonly code = "ERR_PUBSUB_MESSAGE"
  readonly topic: string
  readonly issues: readonly Issue[]
  constructor(topic: string, issues: readonly Issue[]) {
    const first = issues[0]?.message ?? "refused"
    super(`a message for ${JSON.stringify(topic)} does not fit its schema: ${first}`)
    this.topic = topic
    this.issues = issues
  }
}

/** A topic's schema answered with a promise. */
export class AsyncSchemaError extends BennuError {
  readonly code = "ERR_PUBSUB_ASYNC_SCHEMA"
  readonly topic: string
  constructor(topic: string) {
    super(`the schema of ${JSON.stringify(topic)} is asynchronous`, {
      hint: "Messages are delivered in the order they were sent, so a topic's schema must not wait; check before you broadcast.",
    })
    this.topic = topic
  }
}

/** Listeners broadcast faster than messages can be delivered, in answer to one another. */
export class BacklogError extends BennuError {
  readonly code = "ERR_PUBSUB_BACKLOG"
  readonly topic: string
  readonly maxBacklog: number
  constructor(topic: string, maxBacklog: number) {
    super(
      `${maxBacklog} messages wait to be delivered; one for ${JSON.stringify(topic)} is too many`,
      {
        hint: "Look for a listener that broadcasts to the topic it listens to.",
      },
    )
    this.topic = topic
    this.maxBacklog = maxBacklog
  }
}

/** The pubsub was stopped before this call. */
export class PubSubStoppedError extends BennuError {
  readonly code = "ERR_PUBSUB_STOPPED"
  constructor() {
    super("this pubsub has stopped", {
      hint: "Start what uses it after it, so that the supervisor stops it before.",
    })
  }
}

/** A connection to other nodes did not come about in time. */
export class LinkTimeoutError extends BennuError {
  readonly code = "ERR_PUBSUB_LINK_TIMEOUT"
  readonly adapter: string
  readonly waited: number
  constructor(adapter: string, waited: number) {
    super(`${adapter} was not connected and subscribed in ${waited} ms`, {
      hint: "Look whether it runs, and whether this machine may reach it. Listeners on this node hear messages all the same.",
    })
    this.adapter = adapter
    this.waited = waited
  }
}

/** A connection to other nodes is open and carries nothing: the other end is gone or stands still. */
export class LinkStalledError extends BennuError {
  readonly code = "ERR_PUBSUB_LINK_STALLED"
  readonly adapter: string
  readonly silence: number
  constructor(adapter: string, silence: number) {
    super(`${adapter} has not passed on anything for ${Math.round(silence)} ms`, {
      hint: "A new connection is tried. Raise `patience` if the broker is that slow by nature.",
    })
    this.adapter = adapter
    this.silence = silence
  }
}

/** This node tracks as many presences as it may. */
export class PresenceFullError extends BennuError {
  readonly code = "ERR_PUBSUB_PRESENCE_FULL"
  readonly maxTracked: number
  constructor(maxTracked: number) {
    super(`this node tracks ${maxTracked} presences; one more is too many`, {
      hint: "Look for presences that are never untracked, then raise maxTracked.",
    })
    this.maxTracked = maxTracked
  }
}

/** What is to be told of a presence is nothing that JSON can carry. */
export class MetaError extends BennuError {
  readonly code = "ERR_PUBSUB_PRESENCE_META"
  readonly topic: string
  constructor(topic: string, options: { readonly cause?: unknown } = {}) {
    super(`a meta in ${JSON.stringify(topic)} is no object that JSON can carry`, options)
    this.topic = topic
  }
}
