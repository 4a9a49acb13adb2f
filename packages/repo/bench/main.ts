// Microseconds of CPU per operation, the same work on the same PostgreSQL by each library in turn, each in a process of its
// own: get by id, insert, a page of 20 with two preloads, 10,000 rows, a nested write. BENCH_ONLY=get for one of them. What
// becomes of answers under too much load is measured by `npm run faults -- repo`.
import { type ChildProcess, fork } from "node:child_process"
import { once } from "node:events"
import { startPostgres } from "@bennu/testing"
import postgres from "postgres"
import { compare, note } from "../../../scripts/bench-harness.mjs"
import { setup } from "./tables.ts"

const server = await startPostgres()
const admin = postgres(server.url, { max: 1, onnotice() {} })
for (const statement of setup) await admin.unsafe(statement)
const ids = (await admin`select id from users`).map((row) => String(row.id))

async function start(library: string): Promise<ChildProcess> {
  const process = fork(new URL("./library.ts", import.meta.url), [library, server.url, ...ids])
  await once(process, "message")
  return process
}
const mine = await start("@bennu/repo")
const peers = new Map<string, ChildProcess>()
for (const peer of ["postgres.js", "Drizzle, prepared", "Drizzle", "Kysely", "MikroORM 7"])
  peers.set(peer, await start(peer))

const cpu = (library: ChildProcess, work: string) => ({
  async measure() {
    library.send(work)
    const [figure] = await once(library, "message")
    return Number(figure)
  },
})

const works = ["get", "insert", "page of 20 with two preloads", "10,000 rows", "nested write"]
for (const work of works) {
  if (process.env.BENCH_ONLY && !work.startsWith(process.env.BENCH_ONLY)) continue
  await compare({
    bench: `repo/${work}`,
    unit: "µs of CPU",
    rounds: Number(process.env.BENCH_ROUNDS ?? 9),
    ours: cpu(mine, work),
    peers: Object.fromEntries([...peers].map(([peer, library]) => [peer, cpu(library, work)])),
  })
}
note(`What is not alike: the peers have no changeset, time limit or bounded queue. postgres.js, and Drizzle and Kysely over it, send a query on a busy connection
behind the one that runs there, whoever asked; here only preloads of one call that find no connection idle do, and what else finds no connection free waits at the gate.

Of "Drizzle, prepared" the page prepares its list only, as \`inArray\` of a varying number cannot be prepared. Prisma 7.10 is not among them: \`prisma generate\`
downloads a schema engine.`)
for (const library of [mine, ...peers.values()]) library.disconnect()
await admin.end()
await server.stop()
