import { postgres } from "@bennu/pubsub/postgres"
import { startPostgres } from "@bennu/testing"
import { createAdapter } from "@socket.io/postgres-adapter"
import pg from "pg"
import postgresJs from "postgres"
import { ours, sideOf, socketIo } from "./nodes.ts"
import { compareSides, type Side } from "./sides.ts"

function raw(url: string): Promise<Side> {
  const [here, there] = [postgresJs(url, { max: 1 }), postgresJs(url, { max: 1 })]
  return sideOf(
    (text) => here.notify("raw", text),
    (heard) => there.listen("raw", heard),
    () => Promise.all([here.end(), there.end()]),
  )
}

async function socketIoOver(url: string): Promise<Side> {
  const pools: pg.Pool[] = []
  const pool = () => {
    const made = new pg.Pool({ connectionString: url, max: 4 })
    pools.push(made)
    return made
  }
  // its table for messages of more than 8 kB; none of these are
  await pool().query(
    "create table if not exists socket_io_attachments (id bigserial unique, created_at timestamptz default now(), payload bytea)",
  )
  return socketIo(
    () => createAdapter(pool()),
    () => Promise.all(pools.map((pool) => pool.end())),
  )
}

export async function overPostgres(): Promise<void> {
  await using server = await startPostgres()
  const { url } = server
  const sides = {
    ours: await ours(() => postgres({ url, maxQueue: 1_000_000 })),
    "postgres.js": await raw(url),
    "Socket.IO": await socketIoOver(url),
  }
  // apart by more than the pace, which is what gathers those of a moment
  await compareSides("postgres", sides, { rounds: 5, messages: 200, pause: 12 })
  for (const side of Object.values(sides)) await side.stop()
}
