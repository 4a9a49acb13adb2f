import { type Presence, type PubSub, presenceState } from "@bennu/pubsub"
import type { Joining } from "./channel-handler.ts"
import type { ServerChannel } from "./server-channel.ts"
import type { SocketFacts, SocketShared } from "./socket-connection.ts"
import type { UpgradeRequest } from "./transport.ts"

/**
 * What a handler is given of one join. Its functions can be taken out of it, and are made when they are: an idle channel
 * keeps the few that its handler took.
 */
export class JoiningChannel implements Joining {
  readonly payload: unknown
  readonly #shared: SocketShared
  readonly #facts: SocketFacts
  readonly #channel: ServerChannel

  constructor(shared: SocketShared, facts: SocketFacts, channel: ServerChannel, payload: unknown) {
    this.#shared = shared
    this.#facts = facts
    this.#channel = channel
    this.payload = payload
  }

  get topic(): string {
    return this.#channel.topic
  }

  get connectParams(): Readonly<Record<string, unknown>> {
    return this.#facts.connectParams
  }

  get assigns(): unknown {
    return this.#facts.assigns
  }

  get request(): UpgradeRequest {
    return this.#facts.request
  }

  get pubsub(): PubSub {
    return this.#shared.pubsub
  }

  get presence(): Presence | null {
    return this.#shared.presence
  }

  get signal(): AbortSignal {
    return this.#channel.signal
  }

  get broken(): boolean {
    return this.#channel.broken
  }

  get push(): Joining["push"] {
    return (event, message) => this.#channel.push(event, message)
  }

  get whenRead(): Joining["whenRead"] {
    return () => this.#channel.whenRead()
  }

  get listen(): Joining["listen"] {
    return (options) => this.#channel.listen(options)
  }

  get showPresence(): Joining["showPresence"] {
    return () => this.#showPresence()
  }

  get broadcast(): Joining["broadcast"] {
    return (event, message, options) =>
      this.#shared.broadcasts.send(this.topic, event, message, options)
  }

  get broadcastFrom(): Joining["broadcastFrom"] {
    const from = this.#channel
    return (event, message, options) =>
      this.#shared.broadcasts.send(this.topic, event, message, { ...options, from })
  }

  get expect(): Joining["expect"] {
    return (asked) => this.#channel.expect(asked)
  }

  get post(): Joining["post"] {
    return (task) => this.#channel.post(task)
  }

  get close(): Joining["close"] {
    return () => this.#channel.close()
  }

  get crash(): Joining["crash"] {
    return (error) => this.#channel.crash(error)
  }

  get reconnect(): Joining["reconnect"] {
    return () => this.#channel.reconnect()
  }

  #showPresence(): void {
    const { presence, presences } = this.#shared
    const channel = this.#channel
    const { topic, signal } = channel
    if (!presence || !presences || signal.aborted) return
    const shown = presences.show(topic, channel)
    signal.addEventListener("abort", () => shown[Symbol.dispose](), { once: true })
    // Behind what the channel is about to do, so that whoever is tracked there is in it. Changes that are told before it
    // reach the client first, which keeps them until it has this.
    channel.post(() => {
      presence
        .list(topic)
        .then((presents) => channel.push("presence_state", presenceState(presents)))
        .catch((error: unknown) => channel.crash(error))
    })
  }
}
