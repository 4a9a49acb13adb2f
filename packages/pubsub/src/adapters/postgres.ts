import { type Duration, parseLimits } from "@bennu/core"
import postgresJs from "postgres"
import type { Adapter } from "../adapter.ts"
import { Link, type LinkOptions } from "../internal/link.ts"
import { type PostgresClient, postgresWire } from "./postgres-wire.ts"

export type { LinkOptions } from "../internal/link.ts"
export type { PostgresClient } from "./postgres-wire.ts"

export interface PostgresOptions extends LinkOptions {
  /** `postgres://user:password@host:5432/database`. Not needed with `client`. */
  readonly url?: string | undefined
  /** Makes a client of postgres.js, two for each connection; they are ended with it. */
  readonly client?: (() => PostgresClient) | undefined
  /** The channel that all nodes of an app notify, 63 bytes at most (`"bennu_pubsub"`). */
  readonly channel?: string | undefined
  /** The unlogged table that packets go through which are too long for a notification; made where it is missing (`"bennu_pubsub_packets"`). */
  readonly table?: string | undefined
  /** `false` where notifications do not come through, behind a pooler that pools transactions: then the table is polled. */
  readonly listen?: boolean | undefined
  /** How often, then (`"250ms"`). */
  readonly poll?: Duration | undefined
  /** How long a node waits after a packet before it sends the next: what it says meanwhile goes together (`"10ms"`). */
  readonly pace?: Duration | undefined
  /** How long packets are kept in the table (`"1m"`). */
  readonly keep?: Duration | undefined
}

/**
 * Carries messages over PostgreSQL, on connections of its own: no notification is ever part of an app's transaction.
 * Use it where there is no Redis and no more than some hundred messages a second.
 * @example openPubSub({ adapter: postgres({ url: "postgres://localhost/app" }) })
 * @throws {OptionsError} when a bound is no number.
 */
export function postgres(options: PostgresOptions): Adapter {
  const { url, client, channel = "bennu_pubsub", table = "bennu_pubsub_packets", ...rest } = options
  const { listen = true, poll, pace, keep, ...link } = rest
  const defaults = { poll: "250ms", pace: "10ms", keep: "1m" } as const
  const limits = parseLimits("postgres", defaults, { poll, pace, keep })
  const make = client ?? (() => connect(url))
  return new Link(postgresWire(make, { channel, table, listen, ...limits }), link)
}

function connect(url: string | undefined): PostgresClient {
  const options = {
    max: 1,
    fetch_types: false,
    max_lifetime: null,
    onnotice: () => {},
    connection: { application_name: "bennu pubsub" },
  }
  return url === undefined ? postgresJs(options) : postgresJs(url, options)
}
