// Runs the benchmarks of the packages named, or of all: npm run bench -- router
//
// packages/NAME/bench is a project of its own, with its own lockfile and the rivals it compares with;
// it is installed only here. It measures what users get: dist.
import { spawnSync } from "node:child_process"
import { existsSync, readdirSync } from "node:fs"
import { join } from "node:path"

const packages = new URL("../packages/", import.meta.url).pathname
const named = process.argv.slice(2)
const benches = (named.length > 0 ? named : readdirSync(packages))
  .map((name) => ({ name, cwd: join(packages, name, "bench") }))
  .filter(({ cwd }) => existsSync(join(cwd, "package.json")))

function run(command, args, cwd) {
  const { status } = spawnSync(command, args, { cwd, stdio: "inherit" })
  if (status !== 0) process.exit(status ?? 1)
}

run("turbo", ["run", "build", ...benches.map(({ name }) => `--filter=@bennu/${name}`)])
for (const { name, cwd } of benches) {
  console.log(`\n# ${name}`)
  run("pnpm", ["install", "--ignore-workspace", "--frozen-lockfile", "--loglevel=warn"], cwd)
  run("node", ["--expose-gc", "main.ts"], cwd)
}
