import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { freePort, startProgram, startRedis } from "bennu-testkit"
import { createSentinel } from "redis"
import { expect, it } from "vitest"
import { openPubSub } from "../index.ts"
import { redis } from "./redis.ts"

const PATIENTLY = { timeout: 60_000 }
const primary = await startRedis()

it.skipIf(!primary)(
  "goes on when Sentinel has made a replica the primary",
  { timeout: 120_000 },
  async () => {
    if (!primary) return
    const home = mkdtempSync(join(tmpdir(), "bennu-sentinel-"))
    await using ends = new AsyncDisposableStack()
    ends.defer(() => rmSync(home, { recursive: true }))
    ends.use(primary)
    const { port } = new URL(primary.url)
    const replica = await startRedis(["--replicaof", "127.0.0.1", port])
    if (replica) ends.use(replica)
    const at = await freePort()
    const config = join(home, "sentinel.conf")
    writeFileSync(
      config,
      `port ${at}
bind 127.0.0.1
sentinel monitor app 127.0.0.1 ${port} 1
sentinel down-after-milliseconds app 500
sentinel failover-timeout app 2000
`,
    )
    const args = [config, "--sentinel"]
    const sentinel = await startProgram("redis-server", { args, ready: /\+slave slave/ })
    ends.use(sentinel)

    const node = async () => {
      const client = () =>
        createSentinel({
          name: "app",
          sentinelRootNodes: [{ host: "127.0.0.1", port: at }],
        })
      const adapter = redis({ client, heartbeat: "100ms", patience: "500ms" })
      const pubsub = await openPubSub({ adapter }).start(new AbortController().signal)
      ends.defer(() => pubsub[Symbol.asyncDispose]())
      return pubsub
    }
    const [here, there] = await Promise.all([node(), node()])
    const heard: string[] = []
    there.bus.subscribe("room", (text) => heard.push(text))
    await here.bus.broadcast("room", "before")
    await expect.poll(() => heard.length, PATIENTLY).toBe(1)
    await primary.kill()
    await here.bus.broadcast("room", "meanwhile")
    await expect.poll(() => sentinel.output.includes("+switch-master"), PATIENTLY).toBe(true)
    await expect
      .poll(() => here.health().status === "up" && there.health().status === "up", PATIENTLY)
      .toBe(true)
    await here.bus.broadcast("room", "after")
    await expect.poll(() => heard.includes("after"), PATIENTLY).toBe(true)
    expect(heard.filter((text) => text !== "meanwhile")).toEqual(["before", "after"])
  },
)
