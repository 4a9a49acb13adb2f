// Where the distance to bare node:http goes: µs of each request by whose code it was in, with a profiler's word for it.
import { note, table } from "../../../scripts/bench-harness.mjs"
import { load, type Server, start, type Work } from "./load.ts"

const REQUESTS = 20_000

export async function profile(works: readonly Work[], names: readonly string[]): Promise<void> {
  for (const work of works) {
    const sides = []
    for (const name of ["bennu", ...names]) {
      if (work !== "browser" || name !== "hono")
        sides.push({ name, times: await timesOf(name, work) })
    }
    const groups = sides.map(({ times }) => grouped(times, groupOf))
    const all = new Set(groups.flatMap((group) => [...group.keys()]))
    const ours = groups[0] ?? new Map()
    const rows = [...all].sort((a, b) => (ours.get(b) ?? 0) - (ours.get(a) ?? 0))
    const sum = (group: ReadonlyMap<string, number>) => group.values().reduce((a, b) => a + b, 0)
    note(
      `Where a request goes, ${work} (µs, by a sampling profiler, which itself costs some):\n\n${table(
        [
          ["", ...sides.map(({ name }) => name)],
          ...rows.map((row) => [row, ...groups.map((group) => shown(group.get(row)))]),
          ["all", ...groups.map((group) => shown(sum(group)))],
        ],
      )}`,
    )
    if (process.env["ENDPOINT_PROFILE"] === "functions") functions(sides)
  }
}

/** The functions that take the most time, for whoever wants to make them faster. */
function functions(sides: readonly { name: string; times: Readonly<Record<string, number>> }[]) {
  for (const { name, times } of sides) {
    console.log(`\n${name}`)
    const found = [...grouped(times, (name) => name)].sort(([, a], [, b]) => b - a)
    for (const [where, time] of found.slice(0, 200)) console.log(shown(time).padStart(8), where)
  }
}

async function timesOf(name: string, work: Work): Promise<Readonly<Record<string, number>>> {
  using server = await start(name)
  await load(server, work, REQUESTS)
  await server.ask("profile")
  await load(server, work, REQUESTS)
  const { times } = await server.ask("profiled")
  return times
}

const shown = (time = 0) => (time < 0.005 ? "" : time.toFixed(2))

function grouped(times: Readonly<Record<string, number>>, group: (name: string) => string) {
  const groups = new Map<string, number>()
  for (const [name, time] of Object.entries(times)) {
    if (name === ":(idle)") continue
    const key = group(name)
    groups.set(key, (groups.get(key) ?? 0) + time / REQUESTS)
  }
  return groups
}

/** Whose code it is. */
function groupOf(name: string): string {
  // what has no address is the engine's or the system's: writing to a socket, for one
  if (/^:[^(]/.test(name) || name === ":(program)") return "native code: the kernel, the parser"
  if (name === ":(garbage collector)") return "garbage collection"
  if (name.startsWith("node:")) return "Node's own JavaScript"
  const [, vendor] =
    /\/node_modules\/(?:\.pnpm\/.*\/node_modules\/)?((?:@[^/]+\/)?[^/]+)\//.exec(name) ?? []
  if (vendor !== undefined) return vendor
  const [, ours] = /\/packages\/([a-z]+)\/(?:src|dist)\//.exec(name) ?? []
  return ours === undefined ? "the handlers of this bench" : `@bennu/${ours}`
}
