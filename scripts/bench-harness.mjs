// Compares one piece of our work with the same work done by peers, in one process and in interleaved rounds.
//
//   import { compare } from "../../../scripts/bench-harness.mjs"
//   await compare({ bench: "router/static", unit: "ops/s", ours: () => …, peers: { "find-my-way": () => … } })
//
// With --json (or BENCH_JSON=1) it prints one line per comparison, else a row for people.
// Each comparison is also appended to the file named by BENCH_RESULTS, and each note to that named by BENCH_NOTES: RESULTS.md
// is made of them.
import { appendFileSync } from "node:fs"
import process from "node:process"

const json = process.argv.includes("--json") || process.env.BENCH_JSON === "1"

/** @param {readonly number[]} values */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** Operations a second of a function, measured for about `ms` milliseconds after a short warm-up. */
async function rate(run, ms) {
  const asynchronous = run() instanceof Promise
  let batch = 1
  for (;;) {
    const started = performance.now()
    if (asynchronous) for (let i = 0; i < batch; i++) await run()
    else for (let i = 0; i < batch; i++) run()
    const took = performance.now() - started
    if (took >= ms / 2) return (batch / took) * 1000
    batch = Math.max(batch * 2, Math.ceil((batch * ms) / Math.max(took, 0.01) / 2))
  }
}

/** One figure of a side: what `measure` returns, or the rate of a plain function. */
const figure = (side, ms) => (typeof side === "function" ? rate(side, ms) : side.measure())

/**
 * @param {object} options
 * @param {string} options.bench What is compared, as `package/work`.
 * @param {string} [options.unit] `"ops/s"`, or what `measure` returns ("B", "ms", "µs").
 * @param {number} [options.rounds] Rounds in which every side has its turn (9); the order rotates.
 * @param {number} [options.ms] Milliseconds a turn of a plain function (120).
 * @param {(() => unknown) | { measure(): number | Promise<number> }} options.ours
 * @param {Readonly<Record<string, (() => unknown) | { measure(): number | Promise<number> }>>} options.peers
 */
export async function compare({ bench, unit = "ops/s", rounds = 9, ms = 120, ours, peers }) {
  const sides = [["ours", ours], ...Object.entries(peers)]
  const figures = new Map(sides.map(([name]) => [name, []]))
  for (const [, side] of sides) await figure(side, ms / 2)
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < sides.length; turn++) {
      const [name, side] = sides[(turn + round) % sides.length]
      figures.get(name).push(await figure(side, ms))
    }
  }
  record({ bench, unit, figures: Object.fromEntries(figures) })
}

/**
 * Reports figures that were measured elsewhere, such as by processes of their own: as many of each side, and "ours" among them.
 * @param {{ bench: string, unit?: string, figures: Readonly<Record<string, readonly number[]>> }} comparison
 */
export function record({ bench, unit = "ops/s", figures: { ours: mine, ...peers } }) {
  for (const [peer, theirs] of Object.entries(peers)) {
    report({ bench, unit, mine, peer, theirs, rounds: mine.length })
  }
}

function report({ bench, unit, mine, peer, theirs, rounds }) {
  const line = {
    bench,
    unit,
    ours: round(median(mine)),
    peer,
    theirs: round(median(theirs)),
    ratio: round(median(mine) / median(theirs)),
    rounds,
    spread: [spread(mine), spread(theirs)],
  }
  if (process.env.BENCH_RESULTS)
    appendFileSync(process.env.BENCH_RESULTS, `${JSON.stringify(line)}\n`)
  if (json) console.log(JSON.stringify(line))
  else
    console.log(
      `${bench.padEnd(28)} ${number(line.ours)} ${unit}  ${peer} ${number(line.theirs)}  ratio ${line.ratio}`,
    )
}

/**
 * Says something beside the comparisons: a profile, or a figure that nobody else has.
 * @param {string} markdown One or more blocks.
 */
export function note(markdown) {
  if (process.env.BENCH_NOTES) appendFileSync(process.env.BENCH_NOTES, `\n${markdown}\n`)
  if (!json) console.log(`\n${markdown}`)
}

/** @param {readonly (readonly unknown[])[]} rows The first is the head. */
export function table([head, ...rows]) {
  const line = (cells) => `| ${cells.join(" | ")} |`
  return [
    line(head),
    line(head.map((_, at) => (at === 0 ? "---" : "---:"))),
    ...rows.map(line),
  ].join("\n")
}

/** Half the distance between the quartiles, as a share of the median. */
function spread(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.round(share * (sorted.length - 1)))]
  return round((at(0.75) - at(0.25)) / 2 / median(values))
}

const round = (value) => (Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3)))
const number = (value) => value.toLocaleString("en").padStart(12)
