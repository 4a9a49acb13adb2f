import { randomInt } from "node:crypto"
import type { Session, Wire } from "../internal/link.ts"

/** All we ask of a client; what node-redis' `createClient` and `createCluster` make fits. */
export interface RedisClient {
  connect(): Promise<unknown>
  on(event: "error", listener: (error: unknown) => void): unknown
  subscribe(channels: string[], listener: (message: string) => void): Promise<unknown>
  sSubscribe(channels: string[], listener: (message: string) => void): Promise<unknown>
  publish(channel: string, message: string): Promise<unknown>
  sPublish(channel: string, message: string): Promise<unknown>
  destroy(): void
  /** Has those of a cluster: there channels belong to different servers. */
  readonly masters?: readonly unknown[]
}

export interface RedisWireOptions {
  readonly prefix: string
  readonly shards: number
  readonly spokenShards: number
  /** Whether an error is the server's answer, and not the lack of one. */
  readonly refused: (error: unknown) => boolean
}

/** Each node speaks on one of the shards, so that its words stay in order, and listens to all. */
export function redisWire(
  make: () => RedisClient,
  { prefix, shards, spokenShards, refused }: RedisWireOptions,
): Wire {
  const channels = Array.from({ length: shards }, (_, shard) => `${prefix}:{${shard}}`)
  const mine = `${prefix}:{${randomInt(spokenShards)}}`

  async function open(
    hear: (packet: string, way: number) => void,
    fail: (error: unknown) => void,
    signal: AbortSignal,
  ): Promise<Session> {
    const subscriber = connectable(make, fail, signal)
    const publisher = connectable(make, fail, signal)
    await Promise.all([subscriber.connect(), publisher.connect()])
    // One server's connection may be dead while others carry our own words
    const isCluster = subscriber.masters !== undefined
    const sharded = await subscribe(subscriber, (packet, shard) =>
      hear(packet, isCluster ? shard : 0),
    )
    const probe = {
      ways: channels.length,
      async send(text: string) {
        await Promise.all(channels.map((channel) => publisher.sPublish(channel, text)))
      },
    }
    return {
      async publish(packet) {
        await (sharded ? publisher.sPublish(mine, packet) : publisher.publish(mine, packet))
      },
      ...(isCluster && sharded ? { probe } : {}),
    }
  }

  /** @returns Whether the server has sharded pub/sub. */
  async function subscribe(
    client: RedisClient,
    hear: (packet: string, shard: number) => void,
  ): Promise<boolean> {
    try {
      // One by one: in a cluster they belong to different servers
      await Promise.all(
        channels.map((channel, shard) => client.sSubscribe([channel], (text) => hear(text, shard))),
      )
      return true
    } catch (error) {
      if (!refused(error) || !String(error).includes("unknown command")) throw error
      await client.subscribe(channels, (text) => hear(text, 0))
      return false
    }
  }

  const isFatal = (error: unknown) =>
    refused(error) &&
    /^(Error: )?(WRONGPASS|NOAUTH|NOPERM|ERR AUTH|ERR invalid)/.test(String(error))
  return { name: "redis", open, isFatal }
}

function connectable(
  make: () => RedisClient,
  fail: (error: unknown) => void,
  signal: AbortSignal,
): RedisClient {
  const client = make()
  client.on("error", fail)
  const destroy = () => {
    try {
      client.destroy()
    } catch {
      // It is closed already
    }
  }
  if (signal.aborted) destroy()
  else signal.addEventListener("abort", destroy)
  return client
}
