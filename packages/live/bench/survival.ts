// What it costs that views outlive their connections: to wait, to come back, and to give pages something to keep.
import { compare, note } from "../../../scripts/bench-harness.mjs"
import { paced, recorded } from "./pace.ts"
import { serve } from "./page.ts"
import { click } from "./recordings.ts"
import { Counter, KeptCounter } from "./views.ts"

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
  const always = await serve(KeptCounter, { stash: { now: () => (now += 1_000) } })
  const often = await serve(KeptCounter)
  const plain = await serve(Counter, { stash: false })
  const [each, seldom, none] = await Promise.all([
    always.join(true),
    often.join(true),
    plain.join(),
  ])
  for (const [name, page] of [
    ["a stash with each", each],
    ["a stash a second", seldom],
  ] as const) {
    await compare({
      bench: `live/counter event, ${name}`,
      unit: "events/CPU s",
      ours: paced(() => page.send(inc)),
      peers: { "no stash": paced(() => none.send(inc)) },
    })
  }
  for (const { stop } of [always, often, plain]) await stop()

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
