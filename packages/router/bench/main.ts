// Lookups a second of CPU, beside the peers. "match" asks with the same strings again and again, as benchmarks of
// routers mostly do, and leaves the parameters alone. "read" is what servers do: every path is a fresh string, cut
// off the request, and every parameter is read, decoded.
import { spawnSync } from "node:child_process"
import { compare } from "../../../scripts/bench-harness.mjs"
import { type Made, routers } from "./routers.ts"
import * as tables from "./tables.ts"

const BATCH = 64
const ROUNDS = 11
const TURN = 40

type Ask = () => number

/** A batch of lookups as one measured call, so that the loop around it costs next to nothing. */
function asking(
  { match, read, star = "*" }: Made,
  mode: "match" | "read",
  asked: readonly tables.Asked[],
): Ask {
  if (mode === "match") {
    return () => {
      let found = 0
      for (let turn = 0; turn < BATCH; turn += 1) {
        const { verb, path } = asked[turn % asked.length] as tables.Asked
        if (match(verb, path)) found += 1
      }
      return found
    }
  }
  // in one text, so that each path is cut anew: with no hash yet, and not interned
  const paths = Array.from({ length: BATCH }, (_, turn) => {
    const { verb, path, names } = asked[turn % asked.length] as tables.Asked
    const called = names.map((name) => (name === "*" ? star : name))
    return { verb, path: path.replace("~", `${7 * turn}`), names: called }
  })
  const text = paths.map(({ path }) => path).join(" ")
  let start = 0
  const cuts = paths.map(({ verb, path, names }) => {
    const end = start + path.length
    const cut = { verb, names, start, end }
    start = end + 1
    return cut
  })
  return () => {
    let sum = 0
    for (const { verb, names, start, end } of cuts) sum += read(verb, text.slice(start, end), names)
    return sum
  }
}

/** Lookups a second of CPU: other work on the machine does not change that, as it changes wall-clock time. */
function rate(ask: Ask): number {
  const until = performance.now() + TURN
  const started = process.cpuUsage()
  let batches = 0
  while (performance.now() < until) {
    for (let turn = 0; turn < 16; turn += 1) ask()
    batches += 16
  }
  const { user, system } = process.cpuUsage(started)
  return (batches * BATCH * 1_000_000) / (user + system)
}

const geometricMean = (values: readonly number[]) =>
  Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length)

/** Refuses to measure a router that is wrong. */
function check(name: string, { match, read }: Made, kinds: tables.Kinds): void {
  for (const [kind, asked] of Object.entries(kinds)) {
    for (const { verb, path, names } of asked) {
      const hit = kind !== "miss"
      if (match(verb, path) !== hit || read(verb, path, names) > 0 !== hit) {
        throw new Error(`${name} is wrong about ${verb} ${path}`)
      }
    }
  }
}

interface Work {
  readonly bench: string
  readonly lines: readonly tables.Line[]
  readonly kinds: tables.Kinds
  readonly mode: "match" | "read"
  readonly without?: readonly string[]
  /** Compares each kind of request too, not only their geometric mean. */
  readonly each?: boolean
}

async function measure({ bench, lines, kinds, mode, without = [], each = false }: Work) {
  const names = Object.keys(routers).filter((name) => !without.includes(name))
  const made = names.map((name) => {
    const router = routers[name]?.(lines)
    if (router === undefined) throw new Error(`no router is called ${name}`)
    check(name, router, kinds)
    const asks = Object.entries(kinds).map(([kind, asked]) => [kind, asking(router, mode, asked)])
    return [name, Object.fromEntries(asks)] as const
  })
  const against = (measured: (asks: Readonly<Record<string, Ask>>) => number) => {
    const sides = made.map(([name, asks]) => [name, { measure: () => measured(asks) }])
    const { ours, ...peers } = Object.fromEntries(sides)
    return { unit: "ops/s", rounds: ROUNDS, ours, peers }
  }
  if (each) {
    for (const kind of Object.keys(kinds)) {
      const one = against((asks) => rate(asks[kind] as Ask))
      await compare({ bench: `router/${bench}, ${kind}`, ...one })
    }
  }
  const all = against((asks) => geometricMean(Object.values(asks).map(rate)))
  await compare({ bench: `router/${bench}, geometric mean`, ...all })
}

const wanted = process.env["ROUTER_BENCH"]
const works: readonly (Work | { readonly bench: string; readonly run: () => Promise<void> })[] = [
  { bench: "twelve match", lines: tables.twelve, kinds: tables.ofTwelve, mode: "match" },
  { bench: "twelve read", lines: tables.twelve, kinds: tables.ofTwelve, mode: "read", each: true },
  {
    bench: "github read",
    lines: tables.github,
    kinds: tables.ofGithub,
    mode: "read",
    each: true,
    // it refuses the table
    without: ["hono RegExpRouter"],
  },
  ...[10, 100, 1_000, 10_000].map((count) => ({
    bench: `${count} routes read`,
    lines: tables.resources(count),
    kinds: tables.ofResources(count),
    mode: "read" as const,
    each: count >= 1_000,
    // it builds its expression for 21 s
    without: count > 1_000 ? ["hono RegExpRouter"] : [],
  })),
  { bench: "build", run: build },
]

/** Milliseconds of CPU until a table of 10,000 routes has answered once, in a process that has done nothing before. */
async function build() {
  const script = new URL("first-build.ts", import.meta.url).pathname
  const sides = ["ours", "memoirist", "find-my-way", "rou3", "hono TrieRouter"].map((name) => {
    const measured = () => {
      const run = spawnSync(process.execPath, [...process.execArgv, script, name], {
        encoding: "utf8",
      })
      if (run.status !== 0) throw new Error(run.stderr)
      return Number(run.stdout)
    }
    return [name, { measure: measured }]
  })
  const { ours, ...peers } = Object.fromEntries(sides)
  await compare({ bench: "router/first build, 10000", unit: "ms", rounds: ROUNDS, ours, peers })
}

for (const work of works) {
  if (wanted !== undefined && !work.bench.includes(wanted)) continue
  if ("run" in work) await work.run()
  else await measure(work)
}
