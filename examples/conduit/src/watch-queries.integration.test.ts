import { app, get, scope } from "@bennu/plug"
import { paths, router } from "@bennu/router"
import { afterAll, describe, expect, it } from "vitest"
import * as Articles from "./articles.ts"
import { conduitTests } from "./testing.ts"
import { watchQueries } from "./watch-queries.ts"

const conduit = await conduitTests()
afterAll(() => conduit[Symbol.asyncDispose]())

describe("while one develops", () => {
  it(
    "a request that asks the same again and again is told of, once, and one that asks some things is not",
    conduit.tests.test(async ({ anyone }) => {
      const told: string[] = []
      const path = paths({ few: "/few", many: "/many" })
      const count = async (times: number) => {
        for (let time = 0; time < times; time += 1) await Articles.count(anyone)
      }
      const routes = scope(
        "/",
        watchQueries((words) => told.push(words)),
        [
          get(path.few, async (conn) => conn.text(String(await count(3)))),
          get(path.many, async (conn) => conn.text(String(await count(30)))),
        ],
      )
      const { fetch } = app(router(routes), { development: false })
      for (const place of [path.few(), path.many()])
        await fetch(new Request(`http://localhost${place}`))
      expect(told).toEqual([expect.stringMatching(/^GET \/many asked 10 times: select count/)])
    }),
  )
})
