import { createDatabase } from "bennu-testkit"
import { afterAll, beforeAll } from "vitest"
import { postgres } from "../drivers/postgres.ts"
import { sandboxContract } from "./sandbox-contract.ts"

let database: Awaited<ReturnType<typeof createDatabase>>
beforeAll(async () => {
  database = await createDatabase()
})
afterAll(() => database.drop())

sandboxContract("PostgreSQL", () => postgres({ url: database.url, poolSize: 3 }))
