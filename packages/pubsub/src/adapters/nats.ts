import { connect } from "@nats-io/transport-node"
import type { Adapter } from "../adapter.ts"
import { Link, type LinkOptions } from "../internal/link.ts"
import { type NatsConnection, natsWire } from "./nats-wire.ts"

export type { LinkOptions } from "../internal/link.ts"
export type { NatsConnection } from "./nats-wire.ts"

export interface NatsOptions extends LinkOptions {
  /** `nats://user:password@host:4222`, one or several. Not needed with `client`. */
  readonly servers?: string | string[] | undefined
  /** Connects, for options of your own. Give it `reconnect: false`, since the adapter reconnects by itself. */
  readonly client?: (() => Promise<NatsConnection>) | undefined
  /** What the nodes' subjects begin with: apps that share a NATS need different ones (`"bennu.pubsub"`). */
  readonly prefix?: string | undefined
}

/**
 * Carries messages over core NATS; JetStream is not needed.
 * @example openPubSub({ adapter: nats({ servers: "nats://localhost:4222" }) })
 * @throws {OptionsError} when a bound is no number.
 */
export function nats({ servers, client, prefix = "bennu.pubsub", ...link }: NatsOptions): Adapter {
  const make =
    client ??
    (() =>
      connect({ reconnect: false, name: prefix, ...(servers === undefined ? {} : { servers }) }))
  return new Link(natsWire(make, prefix), link)
}
