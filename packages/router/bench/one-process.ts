// Prints how many lookups of each kind a second of CPU is worth to the router that is named: what one fresh process makes
// of it, which has seen all kinds of requests and no other router.
import { median } from "../../../scripts/bench-harness.mjs"
import { asking, BATCH } from "./asking.ts"
import { type Made, routers } from "./routers.ts"
import type { Kinds } from "./tables.ts"
import { MEAN, works } from "./works.ts"

const WARM = 3
const TURNS = 5
/** Microseconds of CPU a turn: other work on the machine does not change what they are worth, as it changes that of time. */
const TURN = 20_000

const [name = "ours", bench = "twelve read"] = process.argv.slice(2)
const work = works[bench]?.()
const router = work && routers[name]?.(work.lines)
if (!work || !router) throw new Error(`there is no ${name} that does ${bench}`)
check(router, work.kinds)

const sides = Object.entries(work.kinds).map(([kind, asked]) => {
  return { kind, ask: asking(router, work.mode, asked), rates: [] as number[] }
})
for (let turn = -WARM; turn < TURNS; turn += 1) {
  for (const { ask, rates } of sides) {
    const measured = rate(ask)
    if (turn >= 0) rates.push(measured)
  }
}
const figures = sides.map(({ kind, rates }) => [kind, median(rates)] as const)
const logs = figures.map(([, figure]) => Math.log(figure))
const mean = Math.exp(logs.reduce((sum, log) => sum + log, 0) / logs.length)
console.log(JSON.stringify(Object.fromEntries([...figures, [MEAN, mean]])))

/** Lookups a second of CPU. */
function rate(ask: () => number): number {
  const started = process.cpuUsage()
  for (let batches = 16; ; batches += 16) {
    for (let turn = 0; turn < 16; turn += 1) ask()
    const { user, system } = process.cpuUsage(started)
    const spent = user + system
    if (spent >= TURN) return (batches * BATCH * 1_000_000) / spent
  }
}

/** Refuses to measure a router that is wrong. */
function check({ match, read }: Made, kinds: Kinds): void {
  for (const [kind, asked] of Object.entries(kinds)) {
    for (const { verb, path, names } of asked) {
      const hit = kind !== "miss"
      if (match(verb, path) !== hit || read(verb, path, names) > 0 !== hit) {
        throw new Error(`${name} is wrong about ${verb} ${path}`)
      }
    }
  }
}
