// Lookups a second of CPU, beside the peers. A server has one router, and what the engine makes of one process moves a kind of
// request by a tenth: so each figure is that of a fresh process with one router, ours and the peers take turns, and the median
// of the processes counts.
//   ROUTER_BENCH="twelve read"   does only what holds this in its name
//   ROUTER_PROCESSES=3           of each side
import { note, record, table } from "../../../scripts/bench-harness.mjs"
import { goals } from "./goals.ts"
import { type Figures, figuresOf } from "./processes.ts"
import { routers } from "./routers.ts"
import { works } from "./works.ts"

const BUILD = "first build"
const wanted = process.env["ROUTER_BENCH"] ?? ""
const done: Record<string, Figures> = {}

for (const [bench, work] of Object.entries(works)) {
  if (!bench.includes(wanted)) continue
  const { without } = work()
  const names = Object.keys(routers).filter((name) => name !== without)
  tell(bench, "ops/s", figuresOf("one-process.ts", names, bench))
}
// the others do it before they answer, in seconds
const quick = ["ours", "memoirist", "find-my-way", "rou3", "hono TrieRouter"]
if (BUILD.includes(wanted)) tell(BUILD, "ms", figuresOf("first-build.ts", quick))
note(`The goals:\n\n${table([["goal", "figure", ""], ...goals(done)])}`)

function tell(bench: string, unit: string, figures: Figures): void {
  done[bench] = figures
  for (const [kind, sides] of Object.entries(figures)) {
    record({ bench: `router/${bench}, ${kind}`, unit, figures: sides })
  }
}
