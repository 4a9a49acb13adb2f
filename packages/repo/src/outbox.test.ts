import { pglite } from "./drivers/pglite.ts"
import { openRepo } from "./index.ts"
import { outboxContract } from "./testing/outbox-contract.ts"

outboxContract("PGlite", () =>
  openRepo({ driver: pglite({ dir: "memory://" }) }).start(AbortSignal.any([])),
)
