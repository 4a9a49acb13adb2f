import { once } from "node:events"
import { createServer, request } from "node:http"
import type { AddressInfo } from "node:net"
import { sql } from "drizzle-orm"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { pglite } from "./drivers/pglite.ts"
import {
  networkAwaited,
  openRepo,
  queryRepeated,
  type Repo,
  watchNetwork,
  watchRepeats,
} from "./index.ts"

describe("what is watched while one develops", () => {
  let repo: Repo & AsyncDisposable
  beforeAll(async () => {
    const child = openRepo({ driver: pglite({ dir: "memory://" }) })
    repo = await child.start(new AbortController().signal)
  }, 60_000)
  afterAll(() => repo[Symbol.asyncDispose]())

  it("a statement that one unit of work repeats is told once, each unit by itself", async () => {
    using units = watchRepeats({ limit: 3 })
    const told: object[] = []
    using _ = queryRepeated.subscribe((repeated) => told.push(repeated))
    const read = async (times: number) => {
      for (let at = 0; at < times; at++) await repo.query(sql`select ${at}::int as one`)
    }
    await Promise.all([
      units.run("GET /", () => read(2)),
      units.run("GET /todos", () => read(5)),
      read(5),
    ])
    expect(told).toEqual([{ unit: "GET /todos", statement: "select $1::int as one", times: 3 }])
  })

  it("a transaction that goes out to the network is told, and nothing else", async () => {
    await using server = createServer((_, response) => response.end("hello"))
    server.listen(0, "127.0.0.1")
    await once(server, "listening")
    // it listens on a port, so this is what it has
    const { port } = server.address() as AddressInfo
    const url = `http://127.0.0.1:${port}`
    const byFetch = async () => void (await (await fetch(url)).text())
    const byHttp = async () => {
      const asked = request(url, { agent: false }).end()
      const [response] = await once(asked, "response")
      response.resume()
    }
    const told: string[] = []
    using _ = networkAwaited.subscribe(({ at }) => told.push(at))
    {
      using _watch = watchNetwork()
      for (const ask of [byFetch, byHttp]) {
        await ask()
        await repo.transaction(() => repo.detached(ask))
        expect(told).toHaveLength(0)
        await repo.transaction(ask)
        expect(told.splice(0)).toHaveLength(1)
      }
    }
    await repo.transaction(byFetch)
    expect(told).toEqual([])
  })
})
