import { repoContract } from "../testing.ts"
import { pglite } from "./pglite.ts"

repoContract("PGlite", async () => pglite({ dir: "memory://" }))
