// Runs the benchmarks of the packages named, or of all: npm run bench -- router [--json]
//
// packages/NAME/bench is a project of its own, with its own lockfile and the peers it compares with;
// it is installed only here. It measures what users get: dist. The figures of a run are written to
// packages/NAME/bench/RESULTS.md, with what the bench says beside them, except with --json, which prints one line per
// comparison instead.
import { spawnSync } from "node:child_process"
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { cpus, tmpdir, totalmem } from "node:os"
import { join } from "node:path"

const root = new URL("..", import.meta.url).pathname
const packages = join(root, "packages")
const named = process.argv.slice(2).filter((word) => !word.startsWith("--"))
const json = process.argv.includes("--json")
const benches = (named.length > 0 ? named : readdirSync(packages)).map((name) => ({
  name,
  cwd: join(packages, name, "bench"),
}))
const there = benches.filter(({ cwd }) => existsSync(join(cwd, "package.json")))
const unknown = benches.filter((bench) => named.length > 0 && !there.includes(bench))
if (unknown.length > 0) {
  const names = readdirSync(packages).filter((name) =>
    existsSync(join(packages, name, "bench", "package.json")),
  )
  console.error(
    `bench: ${unknown.map(({ name }) => name).join(", ")} has no bench; there are ${names.join(", ")}`,
  )
  process.exit(1)
}

function run(command, args, cwd, env = {}) {
  // only the comparisons belong on standard output when a program reads it
  const quiet = json && command !== "node"
  const { status } = spawnSync(command, args, {
    cwd,
    stdio: ["ignore", quiet ? 2 : "inherit", "inherit"],
    env: { ...process.env, ...env },
  })
  if (status !== 0) process.exit(status ?? 1)
}

const output = (command, ...args) =>
  spawnSync(command, args, { cwd: root, encoding: "utf8" }).stdout.trim()

const dependenciesOf = (cwd) =>
  JSON.parse(readFileSync(join(cwd, "package.json"), "utf8")).dependencies

/** What one needs to know to read the figures, or to get them again. */
function results(name, cwd, lines, notes) {
  const peers = Object.entries(dependenciesOf(cwd)).filter(([peer]) => !peer.startsWith("@bennu/"))
  const dirty = output("git", "status", "--porcelain", "--", "packages").length > 0
  const rows = lines.map(
    ({ bench, unit, ours, peer, theirs, ratio, rounds, spread }) =>
      `| ${bench} | ${ours} | ${peer} | ${theirs} | ${unit} | ${ratio} | ${rounds} | ±${Math.round(spread[0] * 100)} % / ±${Math.round(spread[1] * 100)} % |`,
  )
  return `# What \`npm run bench -- ${name}\` printed

Medians of interleaved rounds; the spread is half the distance between the quartiles. Read the ratios: the absolutes are this machine's.

- commit: ${output("git", "rev-parse", "--short", "HEAD")}${dirty ? " and changes on top of it" : ""}
- machine: ${cpus().length} × ${cpus()[0]?.model ?? "?"}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node.js ${process.version}
- peers: ${peers.map(([peer, version]) => `${peer} ${version}`).join(", ")}

| work | ours | peer | theirs | unit | ours / theirs | rounds | spread |
| --- | ---: | --- | ---: | --- | ---: | ---: | --- |
${rows.join("\n")}
${notes}`
}

// a bench may serve its package by one that builds upon it
const ours = there.flatMap(({ name, cwd }) => [
  `@bennu/${name}`,
  ...Object.keys(dependenciesOf(cwd)).filter((peer) => peer.startsWith("@bennu/")),
])
run("turbo", ["run", "build", ...new Set(ours.map((name) => `--filter=${name}`))], root)
for (const { name, cwd } of there) {
  if (!json) console.log(`\n# ${name}`)
  run("pnpm", ["install", "--ignore-workspace", "--frozen-lockfile", "--loglevel=warn"], cwd)
  const folder = mkdtempSync(join(tmpdir(), "bennu-bench-"))
  const file = join(folder, "results.jsonl")
  const noted = join(folder, "notes.md")
  run("node", ["--expose-gc", "main.ts"], cwd, {
    // what users run: development keeps track of more
    NODE_ENV: "production",
    BENCH_RESULTS: file,
    BENCH_NOTES: noted,
    ...(json ? { BENCH_JSON: "1" } : {}),
  })
  if (!json && existsSync(file)) {
    const lines = readFileSync(file, "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line))
    const notes = existsSync(noted) ? readFileSync(noted, "utf8") : ""
    writeFileSync(join(cwd, "RESULTS.md"), results(name, cwd, lines, notes))
    console.log(`written to packages/${name}/bench/RESULTS.md`)
  }
  rmSync(folder, { recursive: true, force: true })
}
