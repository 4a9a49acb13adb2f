// Microseconds of this process's CPU per operation, the same work on the same PostgreSQL by each library in turn: get by id,
// insert, a page of 20 with two preloads, 10,000 rows, a nested write. BENCH_ONLY=get for one of them. What becomes of answers under
// too much load is measured by `npm run faults -- repo`.
import { startPostgres } from "@bennu/testing"
import postgres from "postgres"
import { compare, note } from "../../../scripts/bench-harness.mjs"
import { withDrizzle } from "./drizzle.ts"
import { withKysely } from "./kysely.ts"
import { withMikro } from "./mikro.ts"
import { ours } from "./ours.ts"
import { raw } from "./raw.ts"
import { POOL, type Side } from "./side.ts"
import { setup } from "./tables.ts"

const server = await startPostgres()
const admin = postgres(server.url, { max: 1, onnotice() {} })
for (const statement of setup) await admin.unsafe(statement)
const ids = (await admin`select id from users`).map((row) => String(row.id))

const mine = await ours(server.url)
const peers: Readonly<Record<string, Side>> = {
  "postgres.js": raw(server.url),
  "Drizzle, prepared": withDrizzle(server.url, true),
  Drizzle: withDrizzle(server.url, false),
  Kysely: withKysely(server.url),
  "MikroORM 7": await withMikro(server.url),
}

let n = 0
const works: Readonly<Record<string, { times: number; run(side: Side): Promise<unknown> }>> = {
  get: { times: 1_500, run: (side) => side.get(ids[n++ % ids.length] ?? "") },
  insert: { times: 1_000, run: (side) => side.insert(`new${n++}@example.com`) },
  "page of 20 with two preloads": { times: 150, run: (side) => side.page() },
  "10,000 rows": { times: 4, run: (side) => side.rows() },
  "nested write": { times: 150, run: (side) => side.nested(n++) },
}

/** As many at once as there are connections. */
const cpu = (side: Side, { times, run }: (typeof works)[string]) => ({
  async measure() {
    let left = times
    const loop = async () => {
      while (left-- > 0) await run(side)
    }
    const before = process.cpuUsage()
    await Promise.all(Array.from({ length: POOL }, loop))
    const { user, system } = process.cpuUsage(before)
    return (user + system) / times
  },
})

for (const [name, work] of Object.entries(works)) {
  if (process.env.BENCH_ONLY && !name.startsWith(process.env.BENCH_ONLY)) continue
  await compare({
    bench: `repo/${name}`,
    unit: "µs of CPU",
    rounds: Number(process.env.BENCH_ROUNDS ?? 7),
    ours: cpu(mine, work),
    peers: Object.fromEntries(Object.entries(peers).map(([peer, side]) => [peer, cpu(side, work)])),
  })
}
note(`What is not alike: the peers have no changeset, time limit or bounded queue. postgres.js, and Drizzle and Kysely over it, send a query on a busy connection
behind the one that runs there, so that many small queries share writes to the socket, and a slow one holds up those behind it; here a connection has one query at
a time, and what finds none free waits at the gate. That shows in the page, which asks for authors and tags at once.

Without a socket (a driver that answers at once) the repo itself takes 2 µs for a get, 4 µs for an insert with its changeset, 36 µs for the page, most of that for
dates and for putting relations to rows, and 25 µs for the nested write. All else is postgres.js and the system's calls, half of it \`write\`.

Of "Drizzle, prepared" the page prepares its list only, as \`inArray\` of a varying number cannot be prepared. Prisma 7.10 is not among them: \`prisma generate\`
downloads a schema engine.`)
await Promise.all([mine, ...Object.values(peers)].map((side) => side.stop()))
await admin.end()
await server.stop()
