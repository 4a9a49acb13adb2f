// One library in a process of its own, so that none runs on what V8 has learned of another: measures the work that it is asked for.
import { withDrizzle } from "./drizzle.ts"
import { withKysely } from "./kysely.ts"
import { withMikro } from "./mikro.ts"
import { ours } from "./ours.ts"
import { raw } from "./raw.ts"
import { POOL, type Side } from "./side.ts"

const [, , library = "", url = "", ...ids] = process.argv
const libraries: Readonly<Record<string, (url: string) => Side | Promise<Side>>> = {
  "@bennu/repo": ours,
  "postgres.js": raw,
  "Drizzle, prepared": (at) => withDrizzle(at, true),
  Drizzle: (at) => withDrizzle(at, false),
  Kysely: withKysely,
  "MikroORM 7": withMikro,
}
const side = await libraries[library]?.(url)
if (side === undefined) throw new Error(`there is no library ${library}`)

let n = 0
const works: Readonly<Record<string, { times: number; run(): Promise<unknown> }>> = {
  get: { times: 1_500, run: () => side.get(ids[n++ % ids.length] ?? "") },
  insert: { times: 1_000, run: () => side.insert(`new${n++}@example.com`) },
  "page of 20 with two preloads": { times: 150, run: () => side.page() },
  "10,000 rows": { times: 8, run: () => side.rows() },
  "nested write": { times: 150, run: () => side.nested(n++) },
}

/** As many at once as there are connections. */
async function repeat(times: number, run: () => Promise<unknown>): Promise<void> {
  let left = times
  const loop = async () => {
    while (left-- > 0) await run()
  }
  await Promise.all(Array.from({ length: POOL }, loop))
}

const warm = new Set<string>()

/** Microseconds of this process's CPU per operation. */
async function measure(name: string): Promise<number> {
  const work = works[name]
  if (work === undefined) throw new Error(`there is no work ${name}`)
  const { times, run } = work
  // V8 goes on compiling for some ten thousand operations, on threads whose time counts here
  if (!warm.has(name)) await repeat(20 * times, run)
  warm.add(name)
  const before = process.cpuUsage()
  await repeat(times, run)
  const { user, system } = process.cpuUsage(before)
  return (user + system) / times
}

process.on("message", async (name) => process.send?.(await measure(String(name))))
process.on("disconnect", () => void side.stop())
process.send?.("ready")
