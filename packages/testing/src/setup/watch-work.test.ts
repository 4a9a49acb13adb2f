import { createServer, get } from "node:http"
import type { AddressInfo } from "node:net"
import { setTimeout as sleep } from "node:timers/promises"
import { describe, expect, it } from "vitest"
import { setup, type WorkLeakError } from "../index.ts"

const leakOf = async (work: () => Promise<unknown>): Promise<WorkLeakError> => {
  try {
    await setup().run(work)
  } catch (error) {
    // proof: each caller looks at its code first
    return error as WorkLeakError
  }
  throw new Error("no leak was found")
}

/** A server that answers when it is told to. */
async function slowServer() {
  const held: (() => void)[] = []
  const server = createServer((_, response) => {
    held.push(() => response.end("late"))
  }).listen(0)
  await new Promise((resolve) => server.once("listening", resolve))
  // it listens, so it has an address
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/slow`,
    async answer() {
      await expect.poll(() => held.length).toBeGreaterThan(0)
      for (const end of held.splice(0)) end()
    },
    async [Symbol.asyncDispose]() {
      for (const end of held) end()
      server.closeAllConnections()
      server.close()
    },
  }
}

describe("a test that ends before its work", () => {
  it("fails with the name of whoever started a timer, however deep", async () => {
    async function sendReminder() {
      await Promise.resolve()
      await sleep(60_000, null, { signal: stop.signal })
    }
    const stop = new AbortController()
    let leaked: Promise<unknown> | undefined
    const error = await leakOf(async () => {
      leaked = sendReminder().catch(() => {})
      await Promise.resolve()
    })
    stop.abort()
    await leaked
    expect(error.code).toBe("ERR_TESTING_WORK_LEAK")
    expect(error.leaks).toHaveLength(1)
    expect(error.message).toMatch(/a timer\n.*sendReminder.*watch-work\.test\.ts/)
  })

  it("fails with every interval that nobody cleared, and the test's own failure as cause", async () => {
    const failed = new Error("expected 1 to be 2")
    let interval: NodeJS.Timeout | undefined
    const error = await leakOf(async () => {
      interval = setInterval(() => {}, 1_000)
      throw failed
    })
    clearInterval(interval)
    expect(error).toMatchObject({ code: "ERR_TESTING_WORK_LEAK", cause: failed })
  })

  it("fails with the request that has no answer yet", async () => {
    await using server = await slowServer()
    const asked: Promise<unknown>[] = []
    const error = await leakOf(async () => {
      asked.push(fetch(server.url).then((response) => response.text(), String))
      await sleep(50)
    })
    expect(error.leaks).toMatchObject([{ what: `GET ${server.url}` }])
    const old = await leakOf(async () => {
      asked.push(
        new Promise((resolve) =>
          get(server.url, (response) => response.resume().on("end", resolve)),
        ),
      )
    })
    expect(old.message).toMatch(/GET http:.*\/slow\n.*watch-work\.test\.ts/)
    await server.answer()
    await expect.poll(() => server.answer().then(() => Promise.all(asked))).toHaveLength(2)
  })

  it("passes when all of it is over, also in the last moment", async () => {
    await using server = await slowServer()
    await setup().run(async () => {
      await sleep(1)
      clearTimeout(setTimeout(() => {}, 60_000))
      setTimeout(() => {}, 60_000).unref()
      AbortSignal.timeout(60_000)
      const asked = fetch(server.url)
      await server.answer()
      await (await asked).text()
    })
  })

  it("passes where nobody is to look", async () => {
    const timers: NodeJS.Timeout[] = []
    const start = () => void timers.push(setTimeout(() => {}, 60_000))
    await setup({ leaks: false }).run(start)
    start()
    await setup().run(() => {})
    timers.forEach(clearTimeout)
  })

  it("is not told of what another test at the same time leaves", async () => {
    const tests = setup()
    const timers: NodeJS.Timeout[] = []
    const runs = Array.from({ length: 20 }, (_, at) =>
      tests.run(async () => {
        await sleep(at % 3)
        if (at === 7) timers.push(setTimeout(() => {}, 60_000))
        await sleep(5)
      }),
    )
    const outcomes = await Promise.allSettled(runs)
    timers.forEach(clearTimeout)
    expect(outcomes.flatMap(({ status }, at) => (status === "rejected" ? at : []))).toEqual([7])
  })
})
