import { postgres } from "@bennu/repo/postgres"
import { createDatabase } from "bennu-testkit"
import { afterAll, beforeAll } from "vitest"
import { backfillContract } from "./testing/backfill-contract.ts"
import { migrationsContract } from "./testing/migrations-contract.ts"

let database: Awaited<ReturnType<typeof createDatabase>>
beforeAll(async () => {
  database = await createDatabase()
})
afterAll(() => database.drop())

migrationsContract("PostgreSQL", async () => postgres({ url: database.url, poolSize: 3 }))
backfillContract("PostgreSQL", async () => postgres({ url: database.url, poolSize: 3 }))
