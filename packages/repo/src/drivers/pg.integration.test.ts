import { createDatabase } from "bennu-testkit"
import { afterAll, beforeAll } from "vitest"
import { repoContract } from "../testing.ts"
import { pg } from "./pg.ts"

let database: Awaited<ReturnType<typeof createDatabase>>
beforeAll(async () => {
  database = await createDatabase()
})
afterAll(() => database.drop())

repoContract("node-postgres", async () => pg({ url: database.url, poolSize: 3 }))
