// Everything that has to hold before a change lands: npm test. Runs each check to its end, so that one run tells all,
// and closes with the sum over all of them: "N passed, N failed".
import { spawn } from "node:child_process"
import { mkdirSync, readFileSync, rmSync } from "node:fs"
import { join } from "node:path"
import { lock } from "./lock.mjs"

const root = new URL("..", import.meta.url).pathname
const reports = join(root, "node_modules/.cache/verify")
mkdirSync(reports, { recursive: true })
await lock(join(root, "node_modules/.cache/verify.lock"), "runs the tests")

/** Runs a command, showing what it prints; resolves with its exit code and that text. */
function run(command, args, env = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...env },
    })
    let text = ""
    for (const [stream, out] of [
      [child.stdout, process.stdout],
      [child.stderr, process.stderr],
    ]) {
      stream.setEncoding("utf8").on("data", (chunk) => {
        text += chunk
        out.write(chunk)
      })
    }
    child.on("error", (error) => resolve({ code: 1, text: error.message }))
    child.on("close", (code) => resolve({ code: code ?? 1, text }))
  })
}

const read = (file) => {
  try {
    return JSON.parse(readFileSync(file, "utf8"))
  } catch {
    return undefined
  }
}

/** How many of its parts passed and failed, from a check's own closing words. */
const counts = {
  one: ({ code }) => (code === 0 ? [1, 0] : [0, 1]),
  turbo({ code, text }) {
    const [, passed, total] = /Tasks:\s+(\d+) successful, (\d+) total/.exec(text) ?? []
    return code === 0
      ? [Number(passed ?? 1), 0]
      : [Number(passed ?? 0), Math.max(1, total - passed || 1)]
  },
  words({ code, text }) {
    const [, passed, failed] = /: (\d+) passed, (\d+) failed\s*$/.exec(text.trimEnd()) ?? []
    return passed === undefined
      ? [0, 1]
      : [Number(passed), code === 0 ? 0 : Math.max(1, Number(failed))]
  },
  vitest({ code }) {
    const report = read(join(reports, "vitest.json"))
    if (report === undefined) return [0, 1]
    const { numPassedTests, numFailedTests } = report
    return [numPassedTests, code === 0 ? 0 : Math.max(1, numFailedTests)]
  },
  playwright({ code }) {
    const stats = read(join(reports, "playwright.json"))?.stats
    if (stats === undefined) return [0, 1]
    return [stats.expected, code === 0 ? 0 : Math.max(1, stats.unexpected + stats.flaky)]
  },
}

const vitest = [
  "--reporter=default",
  "--reporter=json",
  `--outputFile.json=${join(reports, "vitest.json")}`,
]
const steps = [
  ["format and lint", counts.one, "biome", ["ci", "--colors=off"]],
  ["types", counts.one, "tsc", []],
  ["builds and packages", counts.turbo, "turbo", ["run", "build", "typecheck", "check:package"]],
  ["packages installed alone", counts.words, "node", ["scripts/check-install.mjs"]],
  ["docs", counts.words, "node", ["scripts/check-docs.mjs"]],
  ["contexts", counts.one, "pnpm", ["run", "--silent", "check:contexts"]],
  ["templates", counts.words, "pnpm", ["run", "--silent", "check:templates"]],
  ["tests", counts.vitest, "vitest", ["run", "--project=!faults", ...vitest]],
  [
    "browser",
    counts.playwright,
    "playwright",
    ["test", "--reporter=list,json"],
    { PLAYWRIGHT_JSON_OUTPUT_FILE: join(reports, "playwright.json") },
  ],
]

let passed = 0
let failed = 0
const rows = []
for (const [name, count, command, args, env] of steps) {
  console.log(`\n▸ ${name}`)
  rmSync(join(reports, `${command}.json`), { force: true })
  const started = Date.now()
  const [good, bad] = count(await run(command, args, env))
  passed += good
  failed += bad
  rows.push(
    `  ${bad === 0 ? "✓" : "✗"} ${name}: ${good} passed, ${bad} failed (${Math.round((Date.now() - started) / 1000)} s)`,
  )
}
console.log(`\n${rows.join("\n")}\n\n${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
