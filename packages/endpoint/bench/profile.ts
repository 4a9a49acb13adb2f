// Where the distance to bare node:http goes: µs of each request by whose code it was in, with a profiler's word for it.
import { note, table } from "../../../scripts/bench-harness.mjs"
import { load, type Server, start, type Work } from "./load.ts"

const TURN = 2_000
const TURNS = 10
const REQUESTS = TURN * TURNS

export async function profile(works: readonly Work[], names: readonly string[]): Promise<void> {
  for (const work of works) {
    const sides = await timesOf(["bennu", ...names], work)
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
    for (const [where, time] of found.slice(0, 45)) console.log(shown(time).padStart(8), where)
  }
}

interface Side {
  readonly server: Server
  readonly name: string
  readonly times: Record<string, number>
}

/** In turns, so that whatever else the machine does is the same for all. */
async function timesOf(names: readonly string[], work: Work): Promise<readonly Side[]> {
  const servers = await Promise.all(names.map(start))
  const sides = servers.map((server): Side => ({ server, name: server.name, times: {} }))
  try {
    for (const { server } of sides) await load(server, work, REQUESTS)
    for (let turn = 0; turn < TURNS; turn += 1) {
      for (const { server, times } of sides) {
        await server.ask("profile")
        await load(server, work, TURN)
        const profiled = await server.ask("profiled")
        for (const [name, time] of Object.entries(profiled.times)) {
          times[name] = (times[name] ?? 0) + time
        }
      }
    }
    return sides
  } finally {
    for (const server of servers) server[Symbol.dispose]()
  }
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
