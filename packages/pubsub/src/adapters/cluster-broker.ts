import { parseLimits } from "@bennu/core"
import { messagesDropped } from "../telemetry.ts"
import type { Broker, ClusterBrokerOptions } from "./cluster.ts"
import { isParcel, type Member, type Parcel } from "./cluster-wire.ts"

/** All we ask of a worker, seen from its primary. */
export interface ClusterWorker {
  isConnected(): boolean
  send(message: unknown, ...rest: [undefined, undefined, (error: Error | null) => void]): boolean
}

/** All we ask of `node:cluster` in the primary. */
export interface PrimaryCluster {
  on(event: "message", listener: (worker: ClusterWorker, message: unknown) => void): unknown
  on(event: "disconnect", listener: (worker: ClusterWorker) => void): unknown
  off(
    event: "message" | "disconnect",
    listener: (worker: ClusterWorker, message: unknown) => void,
  ): unknown
}

/** Passes each packet on to all members, its sender too: who hears itself knows that the way is open. */
export class ClusterBroker implements Broker {
  readonly channel: string
  readonly #cluster: PrimaryCluster
  readonly #maxPending: number
  /** Characters on their way, by worker. */
  readonly #workers = new Map<ClusterWorker, number>()
  readonly #locals = new Set<(packet: string) => void>()

  constructor(cluster: PrimaryCluster, { channel = "pubsub", maxPending }: ClusterBrokerOptions) {
    this.channel = channel
    this.#cluster = cluster
    this.#maxPending = parseLimits("cluster", { maxPending: 1 << 25 }, { maxPending }).maxPending
    cluster.on("message", this.#receive)
    cluster.on("disconnect", this.#forget)
  }

  join(hear: (packet: string) => void): Member {
    this.#locals.add(hear)
    return {
      publish: async (packet) => this.#pass(packet),
      [Symbol.dispose]: () => void this.#locals.delete(hear),
    }
  }

  [Symbol.dispose](): void {
    this.#cluster.off("message", this.#receive)
    this.#cluster.off("disconnect", this.#forget)
    this.#workers.clear()
    this.#locals.clear()
  }

  readonly #receive = (worker: ClusterWorker, message: unknown): void => {
    if (!isParcel(message, this.channel)) return
    if (!this.#workers.has(worker)) this.#workers.set(worker, 0)
    if (message.packet !== undefined) this.#pass(message.packet)
  }

  readonly #forget = (worker: ClusterWorker): void => {
    this.#workers.delete(worker)
  }

  #pass(packet: string): void {
    for (const hear of this.#locals) hear(packet)
    const parcel: Parcel = { bennu: this.channel, packet }
    for (const [worker, pending] of this.#workers) {
      if (!worker.isConnected()) this.#workers.delete(worker)
      // One that does not read must not fill the primary's memory; the numbers tell it what it misses
      else if (pending > 0 && pending + packet.length > this.#maxPending) {
        messagesDropped.emit(() => ({ adapter: "cluster", count: 1 }))
      } else this.#give(worker, parcel, packet.length)
    }
  }

  #give(worker: ClusterWorker, parcel: Parcel, size: number): void {
    const add = (more: number) => {
      const pending = this.#workers.get(worker)
      if (pending !== undefined) this.#workers.set(worker, pending + more)
    }
    add(size)
    worker.send(parcel, undefined, undefined, () => add(-size))
  }
}
