// Requests a second of CPU time, beside the peers: other work on the machine changes that less than wall-clock time. The
// servers have their turns one after another, so that nobody shares a core with a rival.
import { compare, median, note, table } from "../../../scripts/bench-harness.mjs"
import { load, type Server, start, type Work } from "./load.ts"

const TURN = Number(process.env["ENDPOINT_REQUESTS"] ?? 4_000)
const ROUNDS = Number(process.env["ENDPOINT_ROUNDS"] ?? 9)

/** Until the engine has seen all that it is going to see: later works would else be measured warmer than the first. */
async function warm(server: Server, works: readonly Work[]) {
  for (const _ of [1, 2]) for (const work of works) await load(server, work, 2 * TURN)
}

export async function speed(works: readonly Work[], names: readonly string[]): Promise<void> {
  const servers = await Promise.all(["bennu", ...names].map(start))
  const able = (work: Work) =>
    // hono brings no session
    servers.filter(({ name }) => work !== "browser" || name !== "hono")
  const wall = new Map<string, number[]>()
  try {
    for (const server of servers) {
      await warm(
        server,
        works.filter((work) => able(work).includes(server)),
      )
    }
    for (const work of works) {
      const sides = able(work).map((server) => {
        const seen: number[] = []
        wall.set(`${work} ${server.name}`, seen)
        return [server.name, { measure: () => rate(server, work, seen) }]
      })
      const { bennu, ...peers } = Object.fromEntries(sides)
      const unit = "requests/CPU s"
      await compare({ bench: `endpoint/${work}`, unit, rounds: ROUNDS, ours: bennu, peers })
    }
  } finally {
    for (const server of servers) server[Symbol.dispose]()
  }
  const rows = works.map((work) => [
    work,
    ...servers.map(({ name }) => {
      const seen = wall.get(`${work} ${name}`)
      return seen === undefined ? "" : Math.round(median(seen))
    }),
  ])
  note(
    `Requests a second of wall-clock time, the load taking its share of the same cores:\n\n${table([
      ["work", ...servers.map(({ name }) => name)],
      ...rows,
    ])}`,
  )
}

/** How many requests a second of CPU time answers. */
async function rate(server: Server, work: Work, wall: number[]): Promise<number> {
  const { cpu: before } = await server.ask("cpu")
  wall.push(await load(server, work, TURN))
  const { cpu } = await server.ask("cpu")
  return (TURN * 1_000_000) / (cpu.user + cpu.system - before.user - before.system)
}
