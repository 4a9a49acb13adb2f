import { randomUUID } from "node:crypto"
import { startRedis } from "bennu-testkit"
import { afterAll, afterEach, describe, expect, it } from "vitest"
import { redis } from "../adapters/redis.ts"
import { openPresence, openPubSub, type Presence } from "../index.ts"

const server = await startRedis()
afterAll(() => server?.stop())

const fast = { heartbeat: 50, patience: 200, connectTimeout: 500 }
const open: AsyncDisposable[] = []

describe.skipIf(!server)("presence on nodes joined by Redis", () => {
  const prefix = randomUUID()

  async function node() {
    const { signal } = new AbortController()
    const adapter = redis({ url: server?.url, prefix, ...fast })
    const pubsub = await openPubSub({ adapter }).start(signal)
    const limits = { heartbeat: 50, downPeriod: 1_000, permdownPeriod: 10_000 }
    const presence = await openPresence({ pubsub, ...limits }).start(signal)
    open.unshift(presence, pubsub)
    return { presence, pubsub }
  }

  const see = (presence: Presence, keys: readonly string[]) =>
    expect
      .poll(async () => [...(await presence.list("room")).keys()].sort().join())
      .toBe(keys.join())

  afterEach(async () => {
    for (const one of open.splice(0)) await one[Symbol.asyncDispose]()
  })

  it("is the same everywhere again after Redis was killed and came back", async () => {
    const nodes = (await Promise.all([node(), node(), node()])).map(({ presence }) => presence)
    const [here, there, other] = nodes
    const ada = here?.track("room", "ada")
    there?.track("room", "bob")
    for (const presence of nodes) await see(presence, ["ada", "bob"])
    await server?.kill()
    ada?.untrack()
    here?.track("room", "eve")
    other?.track("room", "joe")
    await server?.start()
    for (const presence of nodes) await see(presence, ["bob", "eve", "joe"])
  })

  it("forgets a node that does not answer any more, with all its 10,000 users", async () => {
    const [{ presence: here }, { presence: there, pubsub }] = await Promise.all([node(), node()])
    for (let user = 0; user < 10_000; user++) there.track("room", `u${user}`)
    await expect.poll(async () => (await here.list("room")).size).toBe(10_000)
    let gone = 0
    here.subscribe("room", (diff) => {
      gone += diff.gone.length
    })
    // Without its adapter it is as good as dead
    await pubsub[Symbol.asyncDispose]()
    await expect.poll(async () => (await here.list("room")).size).toBe(0)
    await expect.poll(() => gone).toBeGreaterThanOrEqual(10_000)
  })
})
