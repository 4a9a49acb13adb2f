// A history of 1,000 migrations: reading it and finding that there is nothing to do, which happens at each start, and bringing an
// empty database up to it. Beside Drizzle's migrator on the same statements; and what the lints cost.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { migrate, migrationsIn } from "@bennu/migrations"
import { lintMigrations } from "@bennu/migrations/lint"
import { openRepo } from "@bennu/repo"
import { postgres as driver } from "@bennu/repo/postgres"
import { startPostgres } from "@bennu/testing"
import { drizzle } from "drizzle-orm/postgres-js"
import { migrate as drizzleMigrate } from "drizzle-orm/postgres-js/migrator"
import postgres from "postgres"
import { compare, note } from "../../../scripts/bench-harness.mjs"

const COUNT = 1_000

/** A table each ten migrations, then columns and indexes of it. */
const history = Array.from({ length: COUNT }, (_, n) => {
  const table = `t${Math.floor(n / 10)}`
  if (n % 10 === 0) return `create table ${table} (id bigint primary key, name text not null)`
  return n % 10 === 9
    ? `create index ${table}_name_idx on ${table} (name)`
    : `alter table ${table} add column c${n % 10} text`
})

const folder = await mkdtemp(join(tmpdir(), "bennu-migrations-bench-"))
const [mine, theirs] = [join(folder, "ours"), join(folder, "drizzle")]
await mkdir(mine)
await mkdir(join(theirs, "meta"), { recursive: true })
const entries = []
for (const [n, statement] of history.entries()) {
  const version = 20260101000000 + n
  await writeFile(join(mine, `${version}_step.sql`), `-- up\n${statement};\n`)
  await writeFile(join(theirs, `${String(n).padStart(4, "0")}_step.sql`), `${statement};\n`)
  const tag = `${String(n).padStart(4, "0")}_step`
  entries.push({ idx: n, version: "7", when: version, tag, breakpoints: true })
}
const journal = { version: "7", dialect: "postgresql", entries }
await writeFile(join(theirs, "meta", "_journal.json"), JSON.stringify(journal))

const server = await startPostgres()
const admin = postgres(server.url, { max: 1, onnotice() {} })

const byUs = async (url: string) => {
  const repo = await openRepo({ driver: driver({ url, poolSize: 1 }) }).start(
    new AbortController().signal,
  )
  await migrate(repo.sql, await migrationsIn(mine))
  await repo[Symbol.asyncDispose]()
}
const byDrizzle = async (url: string) => {
  const client = postgres(url, { max: 1, onnotice() {} })
  await drizzleMigrate(drizzle(client), { migrationsFolder: theirs })
  await client.end()
}

/** Runs it on a database of its own, made anew each time. */
let databases = 0
async function fresh(): Promise<string> {
  const name = `bench_${databases++}`
  await admin.unsafe(`create database ${name}`)
  const url = new URL(server.url)
  url.pathname = `/${name}`
  return url.href
}

const applied = (run: (url: string) => Promise<void>) => ({
  async measure() {
    const url = await fresh()
    const started = performance.now()
    await run(url)
    return performance.now() - started
  },
})
const repeated = async (run: (url: string) => Promise<void>) => {
  const url = await fresh()
  await run(url)
  return {
    async measure() {
      const before = process.cpuUsage()
      await run(url)
      const { user, system } = process.cpuUsage(before)
      return (user + system) / 1_000
    },
  }
}

await compare({
  bench: `migrations/nothing to do after ${COUNT}`,
  unit: "ms of CPU",
  rounds: 7,
  ours: await repeated(byUs),
  peers: { "Drizzle's migrator": await repeated(byDrizzle) },
})
await compare({
  bench: `migrations/${COUNT} on an empty database`,
  unit: "ms",
  rounds: 3,
  ours: applied(byUs),
  peers: { "Drizzle's migrator": applied(byDrizzle) },
})

const migrations = await migrationsIn(mine)
await lintMigrations(migrations)
const before = process.cpuUsage()
const findings = await lintMigrations(migrations)
const { user, system } = process.cpuUsage(before)
note(`What is not alike: Drizzle applies all of them in one transaction and takes no lock against other processes, so a failure takes all back, and two
deployments at once get in each other's way. Ours has a transaction and a row of the ledger for each, limits how long each statement waits for a table's lock, holds
a lock of the session, and at each start compares the text of all of them with what was applied, where Drizzle compares the time of the last.

The lints read the ${COUNT} migrations in ${Math.round((user + system) / 1_000)} ms of CPU, and say something about ${findings.length} of their statements. Nobody to compare them with runs in the process.`)

await admin.end()
await server.stop()
await rm(folder, { recursive: true })
