import { randomUUID } from "node:crypto"
import { redisForTests, startRedis } from "bennu-testkit"
import { afterAll, afterEach, describe, expect, it } from "vitest"
import * as z from "zod"
import { LinkStalledError } from "../errors.ts"
import { openPubSub, topic } from "../index.ts"
import { linkDown, messagesDropped } from "../telemetry.ts"
import { adapterContract } from "../testing.ts"
import { redis } from "./redis.ts"

const [shared, mine] = await Promise.all([redisForTests(), startRedis()])
afterAll(async () => {
  await shared?.stop()
  await mine?.stop()
})

const fast = { heartbeat: "50ms", patience: "200ms", connectTimeout: "500ms" } as const
const news = topic("news", z.string())

describe.skipIf(!shared)("over a real Redis", () => {
  adapterContract("redis", async () => {
    const options = { url: shared?.url, prefix: randomUUID() }
    return [redis(options), redis(options)]
  })

  // as in the middle of a deploy that raises the number
  adapterContract("redis, with more shards on one node than on the other,", async () => {
    const options = { url: shared?.url, prefix: randomUUID() }
    return [redis({ ...options, shards: 8, spokenShards: 2 }), redis({ ...options, shards: 2 })]
  })

  it("does not speak on shards that nobody listens to", () => {
    expect(() => redis({ shards: 2, spokenShards: 3 })).toThrow("spokenShards: has to be 2 at most")
  })
})

describe.skipIf(!mine)("the redis adapter", () => {
  const open: AsyncDisposable[] = []
  const prefix = randomUUID()

  async function node(options: { readonly maxQueue?: number } = {}) {
    const pubsub = await openPubSub({
      adapter: redis({ url: mine?.url, prefix, ...fast, ...options }),
    }).start(new AbortController().signal)
    open.push(pubsub)
    return pubsub
  }

  async function cluster(options?: { readonly maxQueue?: number }) {
    const [here, there] = await Promise.all([node(options), node()])
    const heard: string[] = []
    there.subscribe(news, (text) => heard.push(text))
    await here.broadcast(news, "before")
    await expect.poll(() => heard.length).toBe(1)
    return { here, there, heard }
  }

  afterEach(async () => {
    for (const pubsub of open.splice(0)) await pubsub[Symbol.asyncDispose]()
  })

  it("hears others again after Redis was killed and started anew, and what was said meanwhile", async () => {
    const { here, there, heard } = await cluster()
    const local: string[] = []
    here.subscribe(news, (text) => local.push(text))
    await mine?.kill()
    await expect
      .poll(() => here.health().status === "degraded" && there.health().status === "degraded")
      .toBe(true)
    await here.broadcast(news, "meanwhile")
    expect(local).toEqual(["meanwhile"])
    await mine?.start()
    await expect
      .poll(() => here.health().status === "up" && there.health().status === "up")
      .toBe(true)
    await here.broadcast(news, "after")
    await expect.poll(() => heard.at(-1)).toBe("after")
    expect(heard.filter((text) => text === "meanwhile").length).toBeLessThanOrEqual(1)
  })

  it("gives up a connection that is open and carries nothing", async () => {
    const { here, there, heard } = await cluster()
    const errors: unknown[] = []
    using _reports = linkDown.subscribe(({ error }) => errors.push(error))
    const stalls = () => errors.filter((error) => error instanceof LinkStalledError).length
    mine?.pause()
    try {
      const sent = here.broadcast(news, "paused")
      // both nodes; what comes of looking for another connection comes between and after
      await expect.poll(stalls).toBeGreaterThanOrEqual(2)
      await sent
    } finally {
      mine?.resume()
    }
    await expect
      .poll(() => here.health().status === "up" && there.health().status === "up")
      .toBe(true)
    await here.broadcast(news, "after")
    await expect.poll(() => heard.at(-1)).toBe("after")
    expect(heard.filter((text) => text === "paused").length).toBeLessThanOrEqual(1)
  })

  it("tells receivers how many messages it had to drop", async () => {
    const { here, there, heard } = await cluster({ maxQueue: 10 })
    const gaps: unknown[] = []
    there.onGap((gap) => gaps.push(gap.count))
    let dropped = 0
    using _reports = messagesDropped.subscribe(({ count }) => {
      dropped += count
    })
    await mine?.kill()
    await expect
      .poll(() => here.health().status === "degraded" && there.health().status === "degraded")
      .toBe(true)
    for (let i = 0; i < 100; i++) await here.broadcast(news, `${i}`)
    await mine?.start()
    await expect.poll(() => there.health().status).toBe("up")
    await expect.poll(() => gaps.some((count) => typeof count === "number")).toBe(true)
    await here.broadcast(news, "end")
    await expect.poll(() => heard.at(-1)).toBe("end")
    expect(dropped).toBeGreaterThanOrEqual(90)
    // What was dropped is told as it is; those that were said before the other listened again as well
    const missed = gaps.filter((count) => typeof count === "number").reduce((sum, n) => sum + n, 0)
    expect(missed + heard.length).toBe(1 + 100 + 1)
  })

  it("starts without Redis, and joins the others when it comes", async () => {
    await mine?.kill()
    const here = await node()
    const heard: string[] = []
    here.subscribe(news, (text) => heard.push(text))
    await here.broadcast(news, "alone")
    expect(heard).toEqual(["alone"])
    expect(here.health()).toMatchObject({ status: "degraded", detail: expect.any(String) })
    await mine?.start()
    await expect.poll(() => here.health().status).toBe("up")
  })

  it("does not start with a password that Redis refuses", async () => {
    const adapter = redis({ url: mine?.url.replace("//", "//me:wrong@"), ...fast })
    await expect(adapter.connect(() => {})).rejects.toThrow("WRONGPASS")
    await adapter[Symbol.asyncDispose]()
  })
})
