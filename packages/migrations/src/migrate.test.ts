import { pglite } from "@bennu/repo/pglite"
import { migrationsContract } from "./testing/migrations-contract.ts"

migrationsContract("PGlite", async () => pglite({ dir: "memory://" }))
