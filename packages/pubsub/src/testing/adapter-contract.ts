import { describe, expect, it } from "vitest"
import type { Adapter } from "../adapter.ts"

// who waits for something that has to come need not know how slow the machine is
const PATIENCE = { timeout: 15_000 }

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
      await expect.poll(() => heard.length, PATIENCE).toBe(3)
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
      await expect.poll(() => heard.length === 1 && echoed.length === 1, PATIENCE).toBe(true)
      expect({ heard, echoed }).toEqual({ heard: ["room:1 to there"], echoed: ["room:1 to here"] })
    })

    it("leaves topics and messages as they are, whatever characters they have", async () => {
      await using cluster = await nodes()
      const { here, heard } = cluster
      const texts = ["", " ", '"', "ä", "𝄞", "\u0000", "a|b:c*d\n", "__proto__", "x".repeat(5000)]
      for (const text of texts) await here.broadcast(`t:${text.slice(0, 100)}`, text)
      await expect.poll(() => heard.length, PATIENCE).toBe(texts.length)
      expect(heard).toEqual(texts.map((text) => `t:${text.slice(0, 100)} ${text}`))
    })

    it("keeps the order of many messages said at once from both ends, and delivers none twice", async () => {
      await using cluster = await nodes()
      const { here, there, heard, echoed } = cluster
      const numbers = Array.from({ length: 1_000 }, (_, at) => `${at}`)
      await Promise.all(
        numbers.flatMap((number) => [here.broadcast("h", number), there.broadcast("t", number)]),
      )
      await expect.poll(() => heard.length >= 1_000 && echoed.length >= 1_000, PATIENCE).toBe(true)
      expect(heard).toEqual(numbers.map((number) => `h ${number}`))
      expect(echoed).toEqual(numbers.map((number) => `t ${number}`))
    })

    it("carries a message of a megabyte, and short ones around it in order", async () => {
      await using cluster = await nodes()
      const { here, heard } = cluster
      const long = "ä".repeat(1 << 19)
      for (const message of ["before", long, "after"]) await here.broadcast("t", message)
      await expect.poll(() => heard.length, PATIENCE).toBe(3)
      expect(heard.map((line) => line.slice(2)).map((text) => text === long || text)).toEqual([
        "before",
        true,
        "after",
      ])
    })

    it("is up while nothing is wrong, if it says how it is", async () => {
      await using cluster = await nodes()
      for (const adapter of [cluster.here, cluster.there])
        expect(adapter.health?.() ?? { status: "up" }).toMatchObject({ status: "up" })
    })

    it("may be disposed twice, and used afterwards, to no effect", async () => {
      await using cluster = await nodes()
      const { here, heard } = cluster
      await here[Symbol.asyncDispose]()
      await here[Symbol.asyncDispose]()
      await here.broadcast("t", "nobody hears it")
      expect(heard).toEqual([])
    })

    it("delivers nothing any more once it is disposed", async () => {
      await using cluster = await nodes()
      const { here, there, heard } = cluster
      await here.broadcast("room:1", "before")
      await expect.poll(() => heard.length, PATIENCE).toBe(1)
      await there[Symbol.asyncDispose]()
      await here.broadcast("room:1", "after")
      expect(heard).toEqual(["room:1 before"])
    })
  })
}
