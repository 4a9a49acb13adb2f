import { createDatabase } from "bennu-testkit"
import postgresJs from "postgres"
import { afterAll, afterEach, describe, expect, it, vi } from "vitest"
import * as z from "zod"
import { openPubSub, topic } from "../index.ts"
import { adapterContract } from "../testing.ts"
import { type PostgresOptions, postgres } from "./postgres.ts"

const database = await createDatabase()
const admin = postgresJs(database.url, { max: 1, onnotice: () => {} })
afterAll(async () => {
  await admin.end()
  await database.drop()
})

const fast = { heartbeat: 50, patience: 500, connectTimeout: 2_000 }
let channels = 0

adapterContract("postgres", async () => {
  const options = { url: database.url, channel: `contract_${++channels}` }
  return [postgres(options), postgres(options)]
})
adapterContract("postgres, polled", async () => {
  const options = { url: database.url, table: `polled_${++channels}`, listen: false, poll: 10 }
  return [postgres(options), postgres(options)]
})

describe("the postgres adapter", () => {
  const news = topic("news", z.string())
  const open: AsyncDisposable[] = []

  async function cluster(given: PostgresOptions = {}) {
    const options = { url: database.url, channel: `test_${++channels}`, ...fast, ...given }
    const node = async () => {
      const pubsub = await openPubSub({ adapter: postgres(options) }).start(
        new AbortController().signal,
      )
      open.push(pubsub)
      return pubsub
    }
    const [here, there] = await Promise.all([node(), node()])
    const heard: string[] = []
    there.subscribe(news, (text) => heard.push(text))
    await here.broadcast(news, "before")
    await expect.poll(() => heard.length).toBe(1)
    return { here, there, heard }
  }

  afterEach(async () => {
    for (const pubsub of open.splice(0)) await pubsub[Symbol.asyncDispose]()
  })

  it("carries messages of any length in order, between short ones", async () => {
    const { here, heard } = await cluster()
    const texts = ["a", "b".repeat(7_999), "c", "ä".repeat(100_000), "\0".repeat(5_000), "d"]
    for (const text of texts) await here.broadcast(news, text)
    await expect.poll(() => heard.length).toBe(1 + texts.length)
    expect(heard.slice(1)).toEqual(texts)
  })

  it("sends what is said at once in few notifications", async () => {
    const { here, heard } = await cluster()
    const notified = vi.fn()
    const watcher = postgresJs(database.url, { max: 1 })
    await watcher.listen(`test_${channels}`, notified)
    await Promise.all(Array.from({ length: 500 }, (_, at) => here.broadcast(news, `${at}`)))
    await expect.poll(() => heard.length).toBe(501)
    // The rest are the nodes' heartbeats
    expect(notified.mock.calls.filter(([payload]) => payload.includes(":")).length).toBeLessThan(9)
    await watcher.end()
  })

  it("hears others again after PostgreSQL has ended its connections", async () => {
    const { here, there, heard } = await cluster()
    const gaps: unknown[] = []
    there.onGap((gap) => gaps.push(gap))
    await admin`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'bennu pubsub'`
    await expect.poll(() => gaps.length).toBeGreaterThan(0)
    await expect
      .poll(() => here.health().status === "up" && there.health().status === "up")
      .toBe(true)
    await here.broadcast(news, "after")
    await expect.poll(() => heard.at(-1)).toBe("after")
  })

  it("forgets packets in its table after a while", async () => {
    const table = `cleaned_${++channels}`
    const { here, heard } = await cluster({ table, keep: "100ms" })
    await here.broadcast(news, "x".repeat(10_000))
    await expect.poll(() => heard.length).toBe(2)
    await expect.poll(async () => (await admin`select 1 from ${admin(table)}`).length).toBe(0)
  })

  it("does not start with a database that does not exist", async () => {
    const url = new URL(database.url)
    url.pathname = "no_such_database"
    const adapter = postgres({ url: url.href, ...fast })
    await expect(adapter.connect(() => {})).rejects.toMatchObject({ code: "3D000" })
    await adapter[Symbol.asyncDispose]()
  })
})
