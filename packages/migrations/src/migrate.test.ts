import { pglite } from "@bennu/repo/pglite"
import { backfillContract } from "./testing/backfill-contract.ts"
import { migrationsContract } from "./testing/migrations-contract.ts"

migrationsContract("PGlite", async () => pglite({ dir: "memory://" }))
backfillContract("PGlite", async () => pglite({ dir: "memory://" }))
