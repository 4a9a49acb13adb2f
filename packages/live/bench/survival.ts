// What it costs that views outlive their connections: to wait, to come back, and to give pages something to keep.
import { compare, note } from "../../../scripts/bench-harness.mjs"
import { paced, recorded } from "./pace.ts"
import { serve } from "./page.ts"
import { click } from "./recordings.ts"
import { Counter, KeptCounter, partCounter } from "./views.ts"

const PARKED = 2_000
const waiting = { anonymous: "10m", limit: 10_000, perSession: 10_000 } as const
const inc = click("inc")

/** A page that loses its connection and joins again. */
async function returning(view: typeof Counter, park: typeof waiting | false, keeps: boolean) {
  let now = 0
  const served = await serve(view, { park, stash: { now: () => (now += 1_000) } })
  const page = await served.join(keeps)
  await page.send(inc)
  const side = paced(async () => {
    page.drop()
    await page.back()
  })
  return { side, stop: served.stop }
}

export async function survival(): Promise<void> {
  const parked = await returning(Counter, waiting, false)
  const stashed = await returning(KeptCounter, false, true)
  const fresh = await returning(Counter, false, false)
  for (const [name, { side }] of Object.entries({ parked, stashed })) {
    await compare({
      bench: `live/page that comes back to its view, ${name}`,
      unit: "joins/CPU s",
      ours: side,
      peers: { "mounted afresh": fresh.side },
    })
  }
  for (const { stop } of [parked, stashed, fresh]) await stop()

  let now = 0
  const each = { stash: { now: () => (now += 1_000) } }
  const none = { stash: false } as const
  const part = { ...inc, cid: 1 }
  const works = [
    ["counter event, a stash with each", KeptCounter, each, Counter, inc],
    ["counter event, a stash a second", KeptCounter, {}, Counter, inc],
    [
      "counter event of a component, a stash with each",
      partCounter(true),
      each,
      partCounter(false),
      part,
    ],
  ] as const
  for (const [name, kept, how, plain, event] of works) {
    const [ours, theirs] = await Promise.all([serve(kept, how), serve(plain, none)])
    const [keeps, forgets] = await Promise.all([ours.join(true), theirs.join()])
    await compare({
      bench: `live/${name}`,
      unit: "events/CPU s",
      ours: paced(() => keeps.send(event)),
      peers: { "no stash": paced(() => forgets.send(event)) },
    })
    await Promise.all([ours.stop(), theirs.stop()])
  }

  const { gc } = globalThis
  if (!gc) {
    note("Memory of parked views was not measured: run it with --expose-gc.")
    return
  }
  const served = await serve(Counter, { park: waiting })
  const heap = () => {
    gc()
    return process.memoryUsage().heapUsed
  }
  const pages = []
  for (let i = 0; i < 100; i++) pages.push(await served.join())
  const before = heap()
  let all: Awaited<ReturnType<typeof served.join>>[] = []
  for (let i = 0; i < PARKED; i++) all.push(await served.join())
  for (const page of all) page.drop()
  all = []
  await new Promise((resolve) => setTimeout(resolve, 100))
  await compare({
    bench: `live/memory of a parked counter, of ${PARKED}`,
    unit: "B of heap",
    rounds: 1,
    ours: recorded((heap() - before) / PARKED),
    peers: { "Phoenix, a joined one, recorded": recorded(43_500) },
  })
  await served.end()
  await served.stop()
}
