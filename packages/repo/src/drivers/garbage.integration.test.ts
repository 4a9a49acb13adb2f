import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { createDatabase } from "bennu-testkit"
import { expect, it } from "vitest"
import { openRepo } from "../open-repo.ts"
import { createTables, User } from "../testing/tables.ts"
import { postgres } from "./postgres.ts"

setFlagsFromString("--expose-gc")
const collect: (options?: { readonly type: "minor" }) => void = runInNewContext("gc")

// where they free nothing, they copy it all: that cost more than the statements themselves
it("what statements leave behind is freed by quick collections of garbage", async () => {
  const database = await createDatabase()
  {
    const driver = postgres({ url: database.url, poolSize: 1 })
    const child = openRepo({ driver, casing: "snake_case" })
    await using repo = await child.start(new AbortController().signal)
    for (const statement of createTables) await repo.sql.query(statement)
    const many = async (times: number) => {
      for (let n = 0; n < times; n += 1)
        await repo.get(User, "b0a5bd2c-96ae-4d35-a1a4-8f1ac87a94d6")
    }
    await many(500)
    collect()
    await many(2_000)
    collect({ type: "minor" })
    collect({ type: "minor" })
    const used = process.memoryUsage().heapUsed
    collect()
    // bytes a statement, which makes some 8,000
    expect((used - process.memoryUsage().heapUsed) / 2_000).toBeLessThan(500)
  }
  await database.drop()
})
