// What stays of requests: memory after collection, when so many have been answered.
import { note, table } from "../../../scripts/bench-harness.mjs"
import { load, start, type Work } from "./load.ts"

const GOALS = [100_000, 500_000, 1_000_000]
const MIB = 2 ** 20

/** The works in turn, a few thousand requests each: the heaviest last, so that each goal finds the same state. */
export async function memory(works: readonly Work[]): Promise<void> {
  using server = await start("bennu")
  const rows: (readonly [string, string, string])[] = []
  const sizes: number[] = []
  let done = 0
  for (const goal of GOALS) {
    while (done < goal) {
      for (const work of works) await load(server, work, 10_000 / works.length)
      done += 10_000
    }
    const { rss, heap } = await server.ask("memory")
    sizes.push(rss)
    rows.push([done.toLocaleString("en"), (rss / MIB).toFixed(1), (heap / MIB).toFixed(1)])
  }
  const spread = (Math.max(...sizes) - Math.min(...sizes)) / Math.min(...sizes)
  const head = ["requests", "RSS, MiB", "heap in use, MiB"]
  note(
    `Memory after collection, all works in turn: the sizes differ by ${(100 * spread).toFixed(1)} % (goal: 5 %).\n\n${table([head, ...rows])}`,
  )
}
