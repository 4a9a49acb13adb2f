import { expect, it } from "vitest"
import { openRepo } from "../open-repo.ts"
import { repoContract } from "../testing.ts"
import { pglite } from "./pglite.ts"

repoContract("PGlite", async () => pglite({ dir: "memory://" }))

it("PGlite lets its process do other things between the queries that wait", async () => {
  const driver = pglite({ dir: "memory://" })
  await using repo = await openRepo({ driver }).start(AbortSignal.any([]))
  let turns = 0
  const turn = () => {
    turns += 1
    timer = setImmediate(turn)
  }
  let timer = setImmediate(turn)
  await Promise.all(Array.from({ length: 50 }, () => repo.sql.query("select 1")))
  clearImmediate(timer)
  expect(turns).toBeGreaterThan(40)
})
