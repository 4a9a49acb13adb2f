import { describe, expect, it, onTestFinished, vi } from "vitest"
import { type Answer, type Driver, openRepo, type Statement } from "./index.ts"
import { failure } from "./testing/support.ts"

interface Plant {
  readonly connect?: () => void
  /** What is never answered. */
  readonly hangs?: string
}

/** A driver of a few lines: it answers every statement with one row, `ok`. */
function fake({ hangs = "hang", ...options }: Partial<Driver> & Plant = {}) {
  const log: string[] = []
  const driver: Driver = {
    name: "fake",
    poolSize: 1,
    queueTimeout: 1_000,
    queueLimit: 10,
    async open() {
      log.push("open")
      return {
        connect() {
          options.connect?.()
          log.push("connect")
          let closed = false
          return {
            get closed() {
              return closed
            },
            async query({ text }: Statement): Promise<Answer> {
              log.push(text)
              if (text === "break") closed = true
              if (text === hangs) return Promise.withResolvers<Answer>().promise
              const columns = [{ name: "ok", type: 16 }]
              return { command: "SELECT", count: 1, columns, rows: [["t"]] }
            },
            async close() {
              closed = true
              log.push("close")
            },
          }
        },
        async [Symbol.asyncDispose]() {
          log.push("end")
        },
      }
    },
    ...options,
  }
  return { log, child: openRepo({ driver }) }
}
const start = ({ child }: ReturnType<typeof fake>) => child.start(new AbortController().signal)

describe("a driver", () => {
  it("is asked for connections as they are needed, and closed in order", async () => {
    const made = fake()
    const repo = await start(made)
    expect((await repo.sql.query("select")).rows).toEqual([{ ok: true }])
    await repo.sql.query("select again")
    await repo[Symbol.asyncDispose]()
    await repo[Symbol.asyncDispose]()
    expect(made.log).toEqual(["open", "connect", "select", "select again", "close", "end"])
  })

  it("whose connection broke is asked for another", async () => {
    const made = fake()
    await using repo = await start(made)
    await repo.sql.query("break")
    await repo.sql.query("select")
    expect(made.log).toEqual(["open", "connect", "break", "connect", "select"])
  })

  it("that fails to connect does not cost a place in the pool", async () => {
    let broken = true
    const connect = () => {
      if (broken) throw new Error("no socket left")
    }
    await using repo = await start(fake({ connect }))
    for (let attempt = 0; attempt < 3; attempt += 1)
      expect(await failure(repo.sql.query("select"))).toMatchObject({ message: "no socket left" })
    broken = false
    expect((await repo.sql.query("select")).rows).toEqual([{ ok: true }])
  })

  it("goes on to answer while somebody who is refused asks again and again", async () => {
    await using repo = await start(fake({ queueLimit: 0 }))
    const held = repo.transaction(() => new Promise((resolve) => setImmediate(resolve)))
    let refused = 0
    const ask = async (): Promise<unknown> => {
      try {
        return (await repo.sql.query("select")).rows
      } catch (error) {
        refused += 1
        if (refused === 10_000) throw error
        return ask()
      }
    }
    expect(await ask()).toEqual([{ ok: true }])
    await held
  })

  it("is not opened when the start was aborted before it began", async () => {
    const made = fake()
    await failure(made.child.start(AbortSignal.abort(new Error("stopped"))))
    expect(made.log).toEqual([])
  })

  it("whose connection never answers again loses it, and every query settles", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] })
    onTestFinished(() => void vi.useRealTimers())
    const made = fake({ queryTimeout: 1_000 })
    const { child } = made
    await using repo = await child.start(new AbortController().signal)
    const stuck = failure(repo.sql.query("hang"))
    const behind = failure(repo.sql.query("select"))
    await vi.advanceTimersByTimeAsync(900)
    expect(made.log.at(-1)).toBe("hang")
    await vi.advanceTimersByTimeAsync(6_000)
    expect(await stuck).toMatchObject({ code: "ERR_REPO_QUERY_TIMEOUT", limit: 1_000 })
    expect(await behind).toMatchObject({
      code: "ERR_REPO_POOL_TIMEOUT",
    })
    expect((await repo.sql.query("select")).rows).toEqual([{ ok: true }])
    expect(made.log.slice(-3)).toEqual(["close", "connect", "select"])
  })

  it.each(["begin", "commit", "rollback"])(
    "that never answers a %s loses its connection, and the transaction settles",
    async (hangs) => {
      vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] })
      onTestFinished(() => void vi.useRealTimers())
      const made = fake({ queryTimeout: 1_000, hangs })
      await using repo = await start(made)
      const work = hangs === "rollback" ? () => Promise.reject(new Error("no")) : async () => {}
      const stuck = failure(repo.transaction(work))
      await vi.advanceTimersByTimeAsync(6_100)
      const code = "ERR_REPO_QUERY_TIMEOUT"
      expect(await stuck).toMatchObject(hangs === "rollback" ? { message: "no" } : { code })
      expect((await repo.sql.query("select")).rows).toEqual([{ ok: true }])
      expect(made.log.slice(-3)).toEqual(["close", "connect", "select"])
    },
  )

  it("sees a transaction as what it is: begin, statements, savepoints, commit", async () => {
    const made = fake()
    await using repo = await start(made)
    await repo.transaction(async (tx) => {
      await tx.transaction(() => repo.sql.query("inner"))
      await failure(tx.transaction(() => Promise.reject(new Error("no"))))
    })
    expect(made.log.slice(2)).toEqual([
      "begin",
      "savepoint s2",
      "inner",
      "release savepoint s2",
      "savepoint s2",
      "rollback to savepoint s2",
      "release savepoint s2",
      "commit",
    ])
  })
})
