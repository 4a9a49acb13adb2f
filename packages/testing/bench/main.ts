// Seconds for 1,000 database tests: vitest, two workers, 20 files of 50 tests, start to end. Each test inserts a user and
// two notes, reads, changes in a transaction and counts. Ours are sandboxed and run at once within a file; beside them the
// same tests as people build them by hand: a schema for each worker, emptied before each test, one after another.
import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdirSync, rmSync, writeFileSync } from "node:fs"
import { cpus, loadavg } from "node:os"
import { join } from "node:path"
import { startPostgres } from "@bennu/testing"
import postgres from "postgres"
import { compare, median, note, table } from "../../../scripts/bench-harness.mjs"
import { createTables } from "./tables.ts"

const parts = join(import.meta.dirname, "parts")
mkdirSync(parts, { recursive: true })
for (let part = 0; part < 20; part++)
  writeFileSync(join(parts, `${part}.test.ts`), 'import { suite } from "../suite.ts"\n\nsuite()\n')

const server = await startPostgres()
const admin = postgres(server.url, { max: 1, onnotice() {} })
for (const statement of createTables) await admin.unsafe(statement)

type Kind = "sandbox" | "truncate"
/** Seconds of CPU that vitest and its workers took, for each run: a busy machine changes those less. */
const cpu = new Map<Kind, number[]>()

const suite = (kind: Kind) => ({
  async measure() {
    const vitest = join(import.meta.dirname, "node_modules/.bin/vitest")
    const config = join(import.meta.dirname, "suite.config.ts")
    // bash counts its children and theirs
    const timed = `TIMEFORMAT="%R %U %S"; time "${vitest}" run --root "${import.meta.dirname}" --config "${config}" --reporter=dot >/dev/null 2>&1`
    const child = spawn("bash", ["-c", timed], {
      env: { ...process.env, SUITE_KIND: kind, SUITE_URL: server.url },
      stdio: ["ignore", "ignore", "pipe"],
    })
    let said = ""
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      said += text
    })
    const [code] = await once(child, "close")
    if (code !== 0) throw new Error(`the ${kind} suite ended with ${code}`)
    const [real = 0, user = 0, system = 0] = said.trim().split(" ").map(Number)
    cpu.set(kind, [...(cpu.get(kind) ?? []), user + system])
    return real
  },
})

await compare({
  bench: "testing/1,000 database tests",
  unit: "s",
  rounds: Number(process.env.BENCH_ROUNDS ?? 5),
  ours: suite("sandbox"),
  peers: { "a schema a worker, truncated": suite("truncate") },
})
note(
  table([
    ["seconds of CPU, the median of all runs", "vitest and its workers"],
    ...[...cpu].map(([kind, seconds]) => [kind, median(seconds).toFixed(1)]),
  ]),
)
note(
  `Under a load of ${loadavg()
    .map((load) => load.toFixed(0))
    .join(", ")} (1, 5 and 15 minutes) on ${cpus().length} cores.`,
)
await admin.end()
await server.stop()
rmSync(parts, { recursive: true })
