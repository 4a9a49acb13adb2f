// What the router has to reach, and whether it did.
import { median } from "../../../scripts/bench-harness.mjs"
import type { Figures } from "./processes.ts"
import { MEAN } from "./works.ts"

type Row = readonly [goal: string, figure: string, met: string]
type Done = Readonly<Record<string, Figures>>

/** A line of each goal whose figures there are. */
export function goals(done: Done): readonly Row[] {
  return [...fresh(done), ...reused(done), ...cliff(done), ...build(done)]
}

const verdict = (met: boolean) => (met ? "met" : "missed")

const figure = (sides: Figures[string] | undefined, side: string) => median(sides?.[side] ?? [])

const ratio = (sides: Figures[string] | undefined, peer: string) =>
  figure(sides, "ours") / figure(sides, peer)

function fresh(done: Done): readonly Row[] {
  const [lowest] = Object.entries(done)
    .filter(([bench]) => bench.endsWith("read"))
    .flatMap(([bench, kinds]) =>
      Object.entries(kinds).map(([kind, sides]) => ({ bench, kind, sides })),
    )
    .filter(({ kind }) => kind !== MEAN)
    .map(({ bench, kind, sides }) => ({
      name: `${bench}, ${kind}`,
      over: ratio(sides, "memoirist"),
    }))
    .sort((a, b) => a.over - b.over)
  if (lowest === undefined) return []
  const goal = "fresh strings, parameters read: at or above memoirist in every kind"
  return [[goal, `${lowest.over.toFixed(2)} at least (${lowest.name})`, verdict(lowest.over >= 1)]]
}

function reused(done: Done): readonly Row[] {
  const mean = done["twelve match"]?.[MEAN]
  if (mean === undefined) return []
  const over = ratio(mean, "hono RegExpRouter")
  return [["reused strings: 0.7 of Hono's RegExpRouter", over.toFixed(2), verdict(over >= 0.7)]]
}

function cliff(done: Done): readonly Row[] {
  const [few, many] = [done["10 routes read"]?.[MEAN], done["10000 routes read"]?.[MEAN]]
  if (few === undefined || many === undefined) return []
  const share = figure(many, "ours") / figure(few, "ours")
  const goal = "no cliff: with 10,000 routes 0.7 of the speed with 10"
  return [[goal, share.toFixed(2), verdict(share >= 0.7)]]
}

function build(done: Done): readonly Row[] {
  const [sides] = Object.values(done["first build"] ?? {})
  if (sides === undefined) return []
  const spent = figure(sides, "ours")
  return [["10,000 routes built under 200 ms", `${spent.toFixed(0)} ms`, verdict(spent < 200)]]
}
