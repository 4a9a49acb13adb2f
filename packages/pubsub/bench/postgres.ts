import { createServer } from "node:http"
import { openPubSub } from "@bennu/pubsub"
import { postgres } from "@bennu/pubsub/postgres"
import { startPostgres } from "@bennu/testing"
import { createAdapter } from "@socket.io/postgres-adapter"
import pg from "pg"
import postgresJs from "postgres"
import { Server } from "socket.io"
import { compareSides, type Side } from "./sides.ts"

async function ours(url: string): Promise<Side> {
  const { signal } = new AbortController()
  const [here, there] = await Promise.all(
    [0, 1].map(() => openPubSub({ adapter: postgres({ url, maxQueue: 1_000_000 }) }).start(signal)),
  )
  if (!here || !there) throw new Error("no nodes")
  let heard = () => {}
  there.bus.subscribe("room", () => heard())
  return {
    say: (text) => here.bus.broadcast("room", text),
    hear(listener) {
      heard = listener
    },
    stop: () => Promise.all([here[Symbol.asyncDispose](), there[Symbol.asyncDispose]()]),
  }
}

async function raw(url: string): Promise<Side> {
  const [here, there] = [postgresJs(url, { max: 1 }), postgresJs(url, { max: 1 })]
  let heard = () => {}
  await there.listen("raw", () => heard())
  return {
    say: (text) => here.notify("raw", text),
    hear(listener) {
      heard = listener
    },
    stop: () => Promise.all([here.end(), there.end()]),
  }
}

async function socketIo(url: string): Promise<Side> {
  const pools = [0, 1].map(() => new pg.Pool({ connectionString: url, max: 4 }))
  // its table for messages of more than 8 kB; none of these are
  await pools[0]?.query(
    "create table if not exists socket_io_attachments (id bigserial unique, created_at timestamptz default now(), payload bytea)",
  )
  const [here, there] = pools.map(
    (pool) => new Server(createServer(), { adapter: createAdapter(pool) }),
  )
  if (!here || !there) throw new Error("no servers")
  let heard = () => {}
  there.on("message", () => heard())
  await new Promise((resolve) => setTimeout(resolve, 1_000))
  return {
    say: (text) => here.serverSideEmit("message", text),
    hear(listener) {
      heard = listener
    },
    stop: async () => {
      here.close()
      there.close()
      for (const pool of pools) await pool.end()
    },
  }
}

export async function overPostgres(): Promise<void> {
  await using server = await startPostgres()
  const { url } = server
  const sides = {
    ours: await ours(url),
    "postgres.js": await raw(url),
    "Socket.IO": await socketIo(url),
  }
  // apart by more than the pace, which is what gathers those of a moment
  await compareSides("postgres", sides, { rounds: 5, messages: 200, pause: 12 })
  for (const side of Object.values(sides)) await side.stop()
}
