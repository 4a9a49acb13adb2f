import { AsyncLocalStorage } from "node:async_hooks"
import type { Clock } from "@bennu/core"
import { randomToken } from "@bennu/core/crypto"
import type { Bus } from "../bus.ts"
import type { Subscription } from "../hub.ts"
import { presenceFailed } from "../telemetry.ts"
import { decodeMessage, encodeMessage } from "./codec.ts"
import type { Entry, Meta } from "./entry.ts"
import type { Message } from "./message.ts"
import type { PresenceLimits } from "./open-presence.ts"
import { PresenceNode } from "./presence-node.ts"
import type { Diff } from "./roster.ts"

export interface ShardOptions {
  readonly bus: Bus
  /** The topic on the bus by which the same shards of all nodes talk. */
  readonly topic: string
  readonly limits: PresenceLimits
  readonly now: Clock
  changed(diff: Diff): void
}

/** One presence node with its timers and its place on the bus. */
export class Shard {
  readonly #options: ShardOptions
  readonly #node: PresenceNode
  readonly #subscription: Subscription
  // What whoever tracks is in the middle of, a transaction perhaps, is not what its timers run in
  readonly #outside = AsyncLocalStorage.snapshot()
  #beating: NodeJS.Timeout
  #flushing: NodeJS.Timeout | null = null

  constructor(options: ShardOptions) {
    const { bus, topic, limits, now } = options
    this.#options = options
    // A new id for each run: what is told of an earlier one is not about us
    this.#node = new PresenceNode(randomToken(9), limits, now())
    this.#subscription = bus.subscribe(topic, (text) => this.#receive(text))
    this.#beating = this.#plan(0)
  }

  get size(): number {
    return this.#node.size
  }

  list(topic: string): ReadonlyMap<string, readonly Entry[]> {
    return this.#node.list(topic)
  }

  track(topic: string, key: string, meta: Meta): Entry {
    const { entry, diff } = this.#node.track(topic, key, meta)
    this.#changed(diff)
    return entry
  }

  update(old: Entry, meta: Meta): Entry {
    const { entry, diff } = this.#node.update(old, meta)
    this.#changed(diff)
    return entry
  }

  untrack(entry: Entry): void {
    this.#changed(this.#node.untrack(entry))
  }

  async end(): Promise<void> {
    await this.#send(this.#node.end(this.#options.limits.handOver))
  }

  stop(): void {
    clearTimeout(this.#beating)
    if (this.#flushing) clearTimeout(this.#flushing)
    this.#subscription[Symbol.dispose]()
  }

  #receive(text: string): void {
    // What cannot be read is reported as every listener's failure is
    const { diff, send } = this.#node.receive(decodeMessage(text), this.#options.now())
    this.#options.changed(diff)
    void this.#send(send)
  }

  #changed(diff: Diff): void {
    this.#options.changed(diff)
    const flush = () => {
      this.#flushing = null
      void this.#send(this.#node.flush())
    }
    this.#flushing ??= this.#outside(() => setTimeout(flush, this.#options.limits.flush).unref())
  }

  /** The nodes' beats come apart from one another, so that they do not all work in the same moment. */
  #plan(beats: number): NodeJS.Timeout {
    const { limits, now } = this.#options
    const wait = beats === 0 ? 0 : limits.heartbeat * (0.9 + Math.random() * 0.2)
    const beat = () => {
      const { diff, send } = this.#node.tick(now())
      this.#options.changed(diff)
      void this.#send(send)
      this.#beating = this.#plan(beats + 1)
    }
    return setTimeout(beat, wait).unref()
  }

  async #send(messages: readonly Message[]): Promise<void> {
    const { bus, topic } = this.#options
    try {
      await Promise.all(
        messages.map((message) =>
          bus.broadcastFrom(this.#subscription, topic, encodeMessage(message)),
        ),
      )
    } catch (error) {
      // The next beat tells the others that they miss something
      presenceFailed.emit(() => ({ topic, error }))
    }
  }
}
