// Runs the fault tests of the packages named, or of all: npm run faults -- pubsub [--seed N] [--quick | --long]
//
// They kill, pause, cut and fill up what a package depends on: packages/NAME/src/**/*.faults.test.ts, and what needs
// packages to its right, tests/faults/src/NAME/*.faults.test.ts, one file at a time. What they find is written to
// packages/NAME/FAULTS.md. FAULTS_SEED, FAULTS_QUICK and FAULTS_LONG tell the tests what was asked for.
import { spawnSync } from "node:child_process"
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: "string" },
    quick: { type: "boolean", default: false },
    long: { type: "boolean", default: false },
  },
})
if (values.seed !== undefined && !/^\d+$/.test(values.seed)) {
  console.error(`faults: --seed takes a whole number, not ${values.seed}`)
  process.exit(1)
}
const root = new URL("..", import.meta.url).pathname
const withFaults = new Set(
  [
    ["packages/*/src/**/*.faults.test.ts", 1],
    ["tests/faults/src/*/*.faults.test.ts", 3],
  ].flatMap(([files, at]) => globSync(files, { cwd: root }).map((path) => path.split("/")[at])),
)
const names = positionals.length > 0 ? positionals : [...withFaults].sort()
const without = names.filter((name) => !withFaults.has(name))
if (without.length > 0) {
  console.error(
    `faults: ${without.join(", ")} has no fault tests; ${[...withFaults].join(", ")} have`,
  )
  process.exit(1)
}
const folder = mkdtempSync(join(tmpdir(), "bennu-faults-"))
let failed = 0
for (const name of names) {
  const results = join(folder, `${name}.jsonl`)
  const started = new Date().toISOString().slice(0, 10)
  const { status } = spawnSync(
    "vitest",
    ["run", "--project", "faults", `packages/${name}/`, `tests/faults/src/${name}/`],
    {
      cwd: root,
      stdio: "inherit",
      env: {
        ...process.env,
        FAULTS_RESULTS: results,
        ...(values.seed === undefined ? {} : { FAULTS_SEED: values.seed }),
        ...(values.quick ? { FAULTS_QUICK: "1" } : {}),
        ...(values.long ? { FAULTS_LONG: "1" } : {}),
      },
    },
  )
  if (status !== 0) failed += 1
  if (existsSync(results)) write(name, started, readFileSync(results, "utf8").trim().split("\n"))
}
rmSync(folder, { recursive: true, force: true })
process.exit(failed === 0 ? 0 : 1)

/** Figures of this run, above those of earlier ones. */
function write(name, day, lines) {
  const file = join(root, "packages", name, "FAULTS.md")
  const commit = spawnSync("git", ["rev-parse", "--short", "HEAD"], { cwd: root, encoding: "utf8" })
  const rows = lines
    .map((line) => JSON.parse(line))
    .map(({ fault, sent, found, measured = {}, seed }) => {
      const words = (counts) =>
        Object.entries(counts)
          .map(([kind, count]) => `${kind} ${count}`)
          .join(", ")
      return `| ${fault} | ${sent} | ${words(found)} | ${words(measured)} | ${seed} |`
    })
  const head = `# What \`npm run faults -- ${name}\` found\n\nEach run kills, pauses, cuts or fills up, and a checker compares an append-only history with what is left.\n`
  const run = `\n## ${day}, commit ${commit.stdout.trim()}${values.quick ? ", quick" : ""}\n\n| fault | sent | found | measured | seed |\n| --- | ---: | --- | --- | ---: |\n${rows.join("\n")}\n`
  const written = existsSync(file) ? readFileSync(file, "utf8") : ""
  const before = written.startsWith(head) ? written.slice(head.length) : written
  writeFileSync(file, head + run + before)
}
