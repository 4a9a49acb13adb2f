// Runs the fault tests of the packages named, or of all: npm run faults -- pubsub [--seed N] [--quick]
//
// They kill, pause, cut and fill up what a package depends on: packages/NAME/src/**/*.faults.test.ts, one file at a
// time. FAULTS_SEED and FAULTS_QUICK tell the tests what was asked for.
import { spawnSync } from "node:child_process"
import { globSync } from "node:fs"
import { parseArgs } from "node:util"

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seed: { type: "string" }, quick: { type: "boolean", default: false } },
})
if (values.seed !== undefined && !/^\d+$/.test(values.seed)) {
  console.error(`faults: --seed takes a whole number, not ${values.seed}`)
  process.exit(1)
}
const root = new URL("..", import.meta.url).pathname
for (const name of positionals) {
  if (globSync(`packages/${name}/src/**/*.faults.test.ts`, { cwd: root }).length > 0) continue
  console.error(`faults: packages/${name} has no fault tests`)
  process.exit(1)
}
const { status } = spawnSync(
  "vitest",
  ["run", "--project", "faults", ...positionals.map((name) => `packages/${name}/`)],
  {
    cwd: root,
    stdio: "inherit",
    env: {
      ...process.env,
      ...(values.seed === undefined ? {} : { FAULTS_SEED: values.seed }),
      ...(values.quick ? { FAULTS_QUICK: "1" } : {}),
    },
  },
)
process.exit(status ?? 1)
