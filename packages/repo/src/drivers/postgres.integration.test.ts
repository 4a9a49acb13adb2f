import { createDatabase } from "bennu-testkit"
import { afterAll, beforeAll } from "vitest"
import { repoContract } from "../testing.ts"
import { postgres } from "./postgres.ts"

let database: Awaited<ReturnType<typeof createDatabase>>
beforeAll(async () => {
  database = await createDatabase()
})
afterAll(() => database.drop())

repoContract("PostgreSQL", async () => postgres({ url: database.url, poolSize: 3 }))
