import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { freePort, redisForTests, startRedis } from "bennu-testkit"
import { createClient, createCluster } from "redis"
import { afterAll, describe, expect, it, vi } from "vitest"
import { openPubSub } from "../index.ts"
import { adapterContract } from "../testing.ts"
import { redis } from "./redis.ts"

const PATIENTLY = { timeout: 60_000 }
const READY = ["cluster_state:ok", "cluster_known_nodes:4", "cluster_size:3"]
const LAST_SLOTS = [5_460, 10_922, 16_383] as const

const probe = await redisForTests()
await probe?.stop()
const servers = probe && (await cluster())
afterAll(() => servers?.[Symbol.asyncDispose]())

/** Three primaries, and a fourth server that may become a replica. */
async function cluster() {
  const home = mkdtempSync(join(tmpdir(), "bennu-cluster-"))
  const start = async () => {
    const bus = `${await freePort()}`
    const server = await startRedis([
      ...["--cluster-enabled", "yes", "--cluster-port", bus, "--cluster-node-timeout", "2000"],
      ...["--dir", home, "--cluster-config-file", `${bus}.conf`],
    ])
    if (!server) throw new Error("there was a Redis a moment ago")
    const client = createClient({ url: server.url }).on("error", () => {})
    await client.connect()
    const say = (...words: string[]) => client.sendCommand(["CLUSTER", ...words])
    const stop = async () => {
      client.destroy()
      await server.stop()
    }
    return { server, bus, port: new URL(server.url).port, say, stop }
  }
  const [first, ...rest] = await Promise.all([start(), start(), start(), start()])
  const primaries = [first, ...rest.slice(0, 2)]
  const [spare = first] = rest.slice(2)
  for (const { port, bus } of rest) await first.say("MEET", "127.0.0.1", port, bus)
  for (const [at, last] of LAST_SLOTS.entries())
    await primaries[at]?.say("ADDSLOTSRANGE", `${(LAST_SLOTS[at - 1] ?? -1) + 1}`, `${last}`)
  for (const { say } of [first, ...rest])
    await vi.waitUntil(async () => {
      const info = String(await say("INFO"))
      return READY.every((line) => info.includes(line))
    }, PATIENTLY)
  const rootNodes = primaries.map(({ server: { url } }) => ({ url }))
  const client = () =>
    createCluster({ rootNodes, defaults: { socket: { reconnectStrategy: false } } })
  return {
    client,
    spare,
    /** The primary that a channel belongs to. */
    async ownerOf(channel: string) {
      const slot = Number(await first.say("KEYSLOT", channel))
      return primaries[LAST_SLOTS.findIndex((last) => slot <= last)] ?? first
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([first, ...rest].map(({ stop }) => stop()))
      rmSync(home, { recursive: true })
    },
  }
}

describe.skipIf(!servers)("over a real Redis Cluster", () => {
  const client = () => servers?.client() ?? createCluster({ rootNodes: [] })
  let count = 0

  adapterContract("redis, on a cluster,", async () => {
    const options = { client, prefix: `contract${++count}` }
    return [redis(options), redis(options)]
  })

  it("goes on where one of its servers is killed and started, or replaced by its replica, and knows what it missed", async () => {
    if (!servers) return
    const { spare, ownerOf } = servers
    await using ends = new AsyncDisposableStack()
    const node = async (options = {}) => {
      const timing = { heartbeat: "200ms", patience: "2s" } as const
      const adapter = redis({ client, prefix: "app", ...timing, ...options })
      const pubsub = await openPubSub({ adapter }).start(new AbortController().signal)
      ends.defer(() => pubsub[Symbol.asyncDispose]())
      return pubsub
    }
    const here = await node({ spokenShards: 1 })
    // each hears its own words from the server of another shard
    const others = await Promise.all([node(), node(), node(), node()])
    const all = [here, ...others]
    const up = () =>
      expect.poll(() => all.every((it) => it.health().status === "up"), PATIENTLY).toBe(true)
    const heard = others.map((other) => {
      const texts: string[] = []
      other.bus.subscribe("room", (text) => texts.push(text))
      return texts
    })
    let gaps = 0
    for (const other of others) other.onGap(() => void gaps++)
    const say = async (text: string) => {
      await here.bus.broadcast("room", text)
      await expect.poll(() => heard.every((texts) => texts.includes(text)), PATIENTLY).toBe(true)
    }
    await up()
    await say("before")
    const owner = await ownerOf("app:{0}")

    await owner.server.kill()
    await expect
      .poll(() => all.every((it) => it.health().status === "degraded"), PATIENTLY)
      .toBe(true)
    await owner.server.start()
    await up()
    await say("after it was started")
    expect(gaps).toBeGreaterThanOrEqual(others.length)

    gaps = 0
    const id = String(await owner.say("MYID"))
    const replicating = () => spare.say("REPLICATE", id).then(String, String)
    await expect.poll(replicating, PATIENTLY).toBe("OK")
    await owner.server.kill()
    await spare.say("FAILOVER", "TAKEOVER")
    await expect.poll(() => gaps, PATIENTLY).toBeGreaterThanOrEqual(others.length)
    await up()
    await say("after it was replaced")
    for (const texts of heard)
      expect(texts).toEqual(["before", "after it was started", "after it was replaced"])
  }, 120_000)
})
