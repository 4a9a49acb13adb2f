// Seconds for 1,000 database tests: vitest, two workers, 20 files of 50 tests, start to end. Each test inserts a user and
// two notes, reads, changes in a transaction and counts. Ours are sandboxed and run at once within a file; beside them the
// same tests as people build them by hand: a schema for each worker, emptied before each test, one after another.
import { spawn } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"
import { startPostgres } from "@bennu/testing"
import postgres from "postgres"
import { compare } from "../../../scripts/bench-harness.mjs"
import { createTables } from "./tables.ts"

const server = await startPostgres()
const admin = postgres(server.url, { max: 1, onnotice() {} })
for (const statement of createTables) await admin.unsafe(statement)

const suite = (kind: "sandbox" | "truncate") => ({
  async measure() {
    const started = performance.now()
    const child = spawn(
      join(import.meta.dirname, "node_modules/.bin/vitest"),
      ["run", "--config", join(import.meta.dirname, "suite.config.ts"), "--reporter=dot"],
      {
        env: { ...process.env, SUITE_KIND: kind, SUITE_URL: server.url },
        stdio: ["ignore", "ignore", "inherit"],
      },
    )
    const [code] = await once(child, "exit")
    if (code !== 0) throw new Error(`the ${kind} suite ended with ${code}`)
    return (performance.now() - started) / 1_000
  },
})

await compare({
  bench: "testing/1,000 database tests",
  unit: "s",
  rounds: Number(process.env.BENCH_ROUNDS ?? 5),
  ours: suite("sandbox"),
  peers: { "a schema a worker, truncated": suite("truncate") },
})
await admin.end()
await server.stop()
