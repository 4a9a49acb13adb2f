import { randomUUID } from "node:crypto"
import { startNats } from "bennu-testkit"
import { afterAll, describe, expect, it } from "vitest"
import { openPubSub } from "../index.ts"
import { adapterContract } from "../testing.ts"
import { nats } from "./nats.ts"

const server = await startNats()
afterAll(() => server?.stop())

describe.skipIf(!server)("over a real NATS", () => {
  const options = () => ({ servers: server?.url, prefix: `test.${randomUUID()}` })

  adapterContract("nats", async () => {
    const same = options()
    return [nats(same), nats(same)]
  })

  async function cluster() {
    const same = { ...options(), heartbeat: 50, patience: 200, connectTimeout: 500 }
    const node = () => openPubSub({ adapter: nats(same) }).start(new AbortController().signal)
    const [here, there] = await Promise.all([node(), node()])
    const heard: string[] = []
    there.bus.subscribe("room", (text) => heard.push(text))
    const stop = async () => {
      await here[Symbol.asyncDispose]()
      await there[Symbol.asyncDispose]()
    }
    return { here, there, heard, [Symbol.asyncDispose]: stop }
  }

  it("carries what is longer than NATS takes at once", async () => {
    await using nodes = await cluster()
    const texts = ["a", "ä".repeat(1_000_000), "b", "𝄞".repeat(400_001), `x${"𝄞".repeat(400_001)}`]
    for (const text of texts) await nodes.here.bus.broadcast("room", text)
    await expect.poll(() => nodes.heard.length).toBe(texts.length)
    expect(nodes.heard.every((text, at) => text === texts[at])).toBe(true)
  })

  it("goes on after NATS was killed and started anew", async () => {
    await using nodes = await cluster()
    const { here, there, heard } = nodes
    await server?.kill()
    await expect.poll(() => here.health().status).toBe("degraded")
    await here.bus.broadcast("room", "meanwhile")
    await server?.start()
    await expect
      .poll(() => here.health().status === "up" && there.health().status === "up")
      .toBe(true)
    await here.bus.broadcast("room", "after")
    await expect.poll(() => heard.at(-1)).toBe("after")
  })
})
