// Dispatch within a node beside EventEmitter and mitt, messages over Redis beside node-redis itself and Socket.IO's
// adapter, and what presence costs. node main.ts [part]
import { dispatch } from "./dispatch.ts"
import { presence } from "./presence.ts"
import { overRedis } from "./redis.ts"

const wanted = process.argv.slice(2).find((word) => !word.startsWith("--"))
const parts = { dispatch, redis: overRedis, presence }
for (const [name, run] of Object.entries(parts)) {
  if (wanted === undefined || wanted === name) await run()
}
