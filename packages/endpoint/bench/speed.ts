// Requests a second of CPU time, beside the peers: other work on the machine changes that less than wall-clock time. The
// servers have their turns one after another, so that nobody shares a core with a rival. Each is there several times, and has
// its turns in all of them: two processes of the same server may differ by a tenth, by what the engine made of it.
import { compare, median, note, table } from "../../../scripts/bench-harness.mjs"
import { load, type Server, start, type Work } from "./load.ts"

const TURN = Number(process.env["ENDPOINT_REQUESTS"] ?? 4_000)
const ROUNDS = Number(process.env["ENDPOINT_ROUNDS"] ?? 9)
const PROCESSES = Number(process.env["ENDPOINT_PROCESSES"] ?? 3)

/** Whom each work has to be at or above. */
const goals: Readonly<Record<Work, readonly string[]>> = {
  json: ["fastify"],
  "param and query": ["fastify"],
  "post 1 kB": ["fastify"],
  page: [],
  browser: ["fastify", "express"],
}

/** The same server, several times. */
interface Side extends Disposable {
  readonly name: string
  readonly servers: readonly Server[]
  /** Requests a second by work: of CPU time, and of wall-clock time. */
  readonly cpu: Map<Work, number[]>
  readonly wall: Map<Work, number[]>
}

async function startSide(name: string): Promise<Side> {
  const servers = await Promise.all(Array.from({ length: PROCESSES }, () => start(name)))
  const end = () => {
    for (const server of servers) server[Symbol.dispose]()
  }
  return { name, servers, cpu: new Map(), wall: new Map(), [Symbol.dispose]: end }
}

/** Until the engine has seen all that it is going to see: later works would else be measured warmer than the first. */
async function warm({ servers }: Side, works: readonly Work[]) {
  for (const server of servers) {
    for (const _ of [1, 2]) for (const work of works) await load(server, work, 2 * TURN)
  }
}

export async function speed(works: readonly Work[], names: readonly string[]): Promise<void> {
  const sides = await Promise.all(["bennu", ...names].map(startSide))
  // hono brings no session
  const able = (work: Work) => sides.filter(({ name }) => work !== "browser" || name !== "hono")
  try {
    for (const side of sides) {
      await warm(
        side,
        works.filter((work) => able(work).includes(side)),
      )
    }
    for (const work of works) {
      const measured = able(work).map((side) => [side.name, measuring(side, work)])
      const { bennu, ...peers } = Object.fromEntries(measured)
      const unit = "requests/CPU s"
      await compare({ bench: `endpoint/${work}`, unit, rounds: ROUNDS, ours: bennu, peers })
    }
  } finally {
    for (const side of sides) side[Symbol.dispose]()
  }
  tellGoals(works, sides)
  tell(
    "µs of CPU time a request",
    works,
    sides,
    ({ cpu }) => cpu,
    (rate) => (1e6 / rate).toFixed(1),
  )
  tell(
    "Requests a second of wall-clock time, the load taking its share of the same cores",
    works,
    sides,
    ({ wall }) => wall,
    Math.round,
  )
}

/** Turns of a side, in one of its processes after another. */
function measuring({ servers, cpu, wall }: Side, work: Work): { measure(): Promise<number> } {
  const seen: number[] = []
  const waited: number[] = []
  cpu.set(work, seen)
  wall.set(work, waited)
  return {
    async measure() {
      const server = servers[seen.length % servers.length]
      if (server === undefined) throw new Error("nobody to ask")
      const turns = [await turn(server, work), await turn(server, work), await turn(server, work)]
      const best = Math.max(...turns.map(({ cpu }) => cpu))
      seen.push(best)
      waited.push(Math.max(...turns.map(({ wall }) => wall)))
      return best
    },
  }
}

/** Requests a second, of CPU time and of wall-clock time. */
async function turn(server: Server, work: Work) {
  const { cpu: before } = await server.ask("cpu")
  const wall = await load(server, work, TURN)
  const { cpu: after } = await server.ask("cpu")
  const spent = after.user + after.system - before.user - before.system
  return { cpu: (TURN * 1_000_000) / spent, wall }
}

/** Without the first, which each side had to warm up by. */
const typical = (rates: readonly number[] = []): number => median(rates.slice(1))

function tellGoals(works: readonly Work[], sides: readonly Side[]): void {
  const [ours, ...others] = sides
  const rows = works.flatMap((work) =>
    others
      .filter(({ name }) => goals[work].includes(name))
      .map(({ name, cpu }) => {
        const ratio = typical(ours?.cpu.get(work)) / typical(cpu.get(work))
        return [work, `at or above ${name}`, ratio.toFixed(2), ratio >= 1 ? "met" : "missed"]
      }),
  )
  note(`The goals:\n\n${table([["work", "goal", "ours / theirs", ""], ...rows])}`)
}

function tell(
  title: string,
  works: readonly Work[],
  sides: readonly Side[],
  ratesOf: (side: Side) => ReadonlyMap<Work, readonly number[]>,
  shown: (rate: number) => string | number,
): void {
  const rows = works.map((work) => [
    work,
    ...sides.map((side) => {
      const rates = ratesOf(side).get(work)
      return rates === undefined ? "" : shown(typical(rates))
    }),
  ])
  note(`${title}:\n\n${table([["work", ...sides.map(({ name }) => name)], ...rows])}`)
}
