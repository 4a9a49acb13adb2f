import { describe, expect, it, vi } from "vitest"
import type { Adapter } from "../adapter.ts"

/**
 * What every adapter must do. Run it against yours, in a test file of its own.
 * @param cluster Makes two nodes that are connected to one another and to nobody else. Their adapters are
 * disposed after each test.
 * @example adapterContract("redis", async () => [redis({ url }), redis({ url })])
 */
export function adapterContract(
  name: string,
  cluster: () => Promise<readonly [Adapter, Adapter]>,
): void {
  async function nodes() {
    const [here, there] = await cluster()
    const echoed: string[] = []
    const heard: string[] = []
    await here.connect((topic, message) => echoed.push(`${topic} ${message}`))
    await there.connect((topic, message) => heard.push(`${topic} ${message}`))
    const stop = async () => {
      await here[Symbol.asyncDispose]()
      await there[Symbol.asyncDispose]()
    }
    return { here, there, echoed, heard, [Symbol.asyncDispose]: stop }
  }

  describe(`the ${name} adapter`, () => {
    it("delivers one sender's messages to the other node in order, and none back", async () => {
      await using cluster = await nodes()
      const { here, heard, echoed } = cluster
      for (const message of ["a", "b", "c"]) await here.broadcast("room:1", message)
      await vi.waitUntil(() => heard.length === 3)
      expect({ heard, echoed }).toEqual({
        heard: ["room:1 a", "room:1 b", "room:1 c"],
        echoed: [],
      })
    })

    it("carries messages both ways", async () => {
      await using cluster = await nodes()
      const { here, there, heard, echoed } = cluster
      await here.broadcast("room:1", "to there")
      await there.broadcast("room:1", "to here")
      await vi.waitUntil(() => heard.length === 1 && echoed.length === 1)
      expect({ heard, echoed }).toEqual({ heard: ["room:1 to there"], echoed: ["room:1 to here"] })
    })

    it("leaves topics and messages as they are, whatever characters they have", async () => {
      await using cluster = await nodes()
      const { here, heard } = cluster
      const texts = ["", " ", '"', "ä", "𝄞", "\u0000", "a|b:c*d\n", "__proto__", "x".repeat(5000)]
      for (const text of texts) await here.broadcast(`t:${text.slice(0, 100)}`, text)
      await vi.waitUntil(() => heard.length === texts.length)
      expect(heard).toEqual(texts.map((text) => `t:${text.slice(0, 100)} ${text}`))
    })

    it("delivers nothing any more once it is disposed", async () => {
      await using cluster = await nodes()
      const { here, there, heard } = cluster
      await here.broadcast("room:1", "before")
      await vi.waitUntil(() => heard.length === 1)
      await there[Symbol.asyncDispose]()
      await here.broadcast("room:1", "after")
      expect(heard).toEqual(["room:1 before"])
    })
  })
}
