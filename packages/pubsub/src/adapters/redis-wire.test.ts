import { describe, expect, it } from "vitest"
import { Link } from "../internal/link.ts"
import { adapterContract } from "../testing.ts"
import { type RedisClient, redisWire } from "./redis-wire.ts"

/** A Redis of before 7.0, or one that refuses something else. */
function server(refusal: string) {
  const ears = new Map<string, Set<(message: string) => void>>()
  const used = new Set<string>()
  const refuse = async (command: string) => {
    used.add(command)
    throw new Error(refusal)
  }
  const client = (): RedisClient => {
    const mine: { readonly channel: string; readonly hear: (message: string) => void }[] = []
    return {
      async connect() {},
      on() {},
      async subscribe(channels, hear) {
        used.add("subscribe")
        for (const channel of channels) {
          const heard = ears.get(channel) ?? new Set()
          ears.set(channel, heard.add(hear))
          mine.push({ channel, hear })
        }
      },
      async publish(channel, message) {
        for (const hear of ears.get(channel) ?? []) hear(message)
      },
      sSubscribe: () => refuse("sSubscribe"),
      sPublish: () => refuse("sPublish"),
      destroy() {
        for (const { channel, hear } of mine) ears.get(channel)?.delete(hear)
        throw new Error("closed already")
      },
    }
  }
  const wire = redisWire(client, { prefix: "x", shards: 2, spokenShards: 2, refused: () => true })
  return { wire, used }
}

adapterContract("redis, before 7.0", async () => {
  const { wire } = server("ERR unknown command 'SSUBSCRIBE'")
  return [new Link(wire, {}), new Link(wire, {})]
})

describe("the redis adapter", () => {
  it("uses what is not sharded only where the server does not know better", async () => {
    const { wire, used } = server("NOPERM this user has no permissions")
    const adapter = new Link(wire, { connectTimeout: 50 })
    await expect(adapter.connect(() => {})).rejects.toThrow("NOPERM")
    expect([...used]).toEqual(["sSubscribe"])
    await adapter[Symbol.asyncDispose]()
  })
})
