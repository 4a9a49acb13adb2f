import nodeCluster from "node:cluster"
import type { Adapter } from "../adapter.ts"
import { Link, type LinkOptions } from "../internal/link.ts"
import { ClusterBroker } from "./cluster-broker.ts"
import { clusterWire, type Member, memberOf } from "./cluster-wire.ts"

export type { LinkOptions } from "../internal/link.ts"

export interface ClusterBrokerOptions {
  /** Several brokers keep apart by it (`"pubsub"`). */
  readonly channel?: string | undefined
  /** Characters that may wait for one worker; what is more it does not get, and reports a gap (33,554,432). */
  readonly maxPending?: number | undefined
}

/** Passes messages on between the workers of this machine, until disposed. */
export interface Broker extends Disposable {
  readonly channel: string
  /** Makes the primary itself one of them. */
  join(hear: (packet: string) => void): Member
}

/**
 * Passes messages on between the workers of `node:cluster`. Call it in the primary, before it forks.
 * @example if (cluster.isPrimary) clusterBroker()
 */
export const clusterBroker = (options: ClusterBrokerOptions = {}): Broker =>
  new ClusterBroker(nodeCluster, options)

export interface ClusterOptions extends LinkOptions {
  /** The primary's broker; in a worker there is none. */
  readonly broker?: Broker | undefined
  /** The broker's (`"pubsub"`). */
  readonly channel?: string | undefined
}

/**
 * Carries messages between the workers of one machine, through their primary and its `clusterBroker()`: nothing else has
 * to run. It starts without one, and then nobody else hears anything.
 * @example openPubSub({ adapter: cluster() })
 */
export function cluster({ broker, channel = "pubsub", ...link }: ClusterOptions = {}): Adapter {
  const join = (hear: (packet: string) => void, fail: (error: unknown) => void): Member =>
    broker ? broker.join(hear) : memberOf(process, channel, hear, fail)
  return new Link(clusterWire(join), link)
}
