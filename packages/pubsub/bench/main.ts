// Dispatch within a node beside EventEmitter and mitt, messages over Redis and PostgreSQL beside their clients themselves and
// Socket.IO's adapters, and what presence costs. node main.ts [part]
import { dispatch } from "./dispatch.ts"
import { overPostgres } from "./postgres.ts"
import { presence } from "./presence.ts"
import { overRedis } from "./redis.ts"

const wanted = process.argv.slice(2).find((word) => !word.startsWith("--"))
const parts = { dispatch, redis: overRedis, postgres: overPostgres, presence }
for (const [name, run] of Object.entries(parts)) {
  if (wanted === undefined || wanted === name) await run()
}
