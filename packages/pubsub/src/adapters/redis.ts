import { OptionsError, parseLimits } from "@bennu/core"
import { createClient, ErrorReply } from "redis"
import type { Adapter } from "../adapter.ts"
import { Link, type LinkOptions } from "../internal/link.ts"
import { type RedisClient, redisWire } from "./redis-wire.ts"

export type { LinkOptions } from "../internal/link.ts"
export type { RedisClient } from "./redis-wire.ts"

export interface RedisOptions extends LinkOptions {
  /** `redis://user:password@host:6379`, or `rediss:` for TLS. Not needed with `client`. */
  readonly url?: string | undefined
  /**
   * Makes a client of node-redis that is not yet connected, two for each connection: for a cluster (`createCluster`),
   * Sentinel, or options of your own. Give it `reconnectStrategy: false`, since the adapter reconnects by itself.
   */
  readonly client?: (() => RedisClient) | undefined
  /** What the channels' names begin with: apps that share a Redis need different ones (`"bennu:pubsub"`). */
  readonly prefix?: string | undefined
  /** Channels that nodes are spread over; all nodes need the same number (16). Only a Redis cluster gains by it. */
  readonly shards?: number | undefined
  /**
   * Of these, how many nodes speak on (all). To change `shards` without a gap, first let all nodes listen to more and
   * speak on as few as before; to lower it, the other way round.
   */
  readonly spokenShards?: number | undefined
}

/**
 * Carries messages over Redis 6.2 or newer, or Valkey. Where the server has sharded pub/sub it is used. While Redis is
 * away, listeners on this node go on hearing what is said there.
 * @example openPubSub({ adapter: redis({ url: "redis://localhost:6379" }) })
 * @throws {OptionsError} when a bound is no number.
 */
export function redis(options: RedisOptions): Adapter {
  const { url, client, prefix = "bennu:pubsub", shards, spokenShards, ...link } = options
  const limits = parseLimits(
    "redis",
    { shards: 16, spokenShards: shards ?? 16 },
    { shards, spokenShards },
  )
  if (limits.spokenShards > limits.shards) {
    const message = `has to be ${limits.shards} at most, the number of shards that nodes listen to`
    throw new OptionsError("redis", [{ path: ["spokenShards"], message }])
  }
  const make =
    client ??
    (() =>
      createClient({ ...(url === undefined ? {} : { url }), socket: { reconnectStrategy: false } }))
  const refused = (error: unknown) => error instanceof ErrorReply
  return new Link(redisWire(make, { prefix, ...limits, refused }), link)
}
