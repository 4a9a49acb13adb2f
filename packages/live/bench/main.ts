// What pages cost: an event from the frame that comes in to the frame that goes out, broadcasts, memory, round trips. Beside it stands
// what Phoenix 1.8.12 with LiveView 1.2.10 did for the same pages on one core of a like machine (figures of recordings: they do not change),
// and for whole pages hono/html.
//   LIVE_JOINS=10000 LIVE_IDLE=60   pages that join for the memory, and seconds that they idle
//   LIVE_ONLY=memory                one part alone: events, frames, cell, shared, page, survival, memory, trips
import { writeFileSync } from "node:fs"
import { html as hono } from "hono/html"
import { compare } from "../../../scripts/bench-harness.mjs"
import { renders } from "./cell.ts"
import { paced, recorded } from "./pace.ts"
import { serve } from "./page.ts"
import { crowd, turn } from "./processes.ts"
import { sharing } from "./sharing.ts"
import { survival } from "./survival.ts"
import { Chat, Counter, Form, rows, table } from "./views.ts"

const JOINS = Number(process.env["LIVE_JOINS"] ?? 10_000)
const IDLE = Number(process.env["LIVE_IDLE"] ?? 60)
const only = process.env["LIVE_ONLY"]
const notes: string[] = []

const change = {
  type: "form",
  event: "validate",
  value: "user%5Bname%5D=ada&user%5Bemail%5D=ada%40example.com",
  meta: { _target: "user[email]" },
  uploads: {},
}
const wrong = { ...change, value: "user%5Bname%5D=ada&user%5Bemail%5D=ada" }
const click = (event: string) => ({ type: "click", event, value: { value: "" } })

async function events(): Promise<void> {
  const works = [
    ["counter event", Counter, [click("more")], 13_900],
    ["stream insert", Chat, [click("send")], 9500],
    ["form change", Form, [change, wrong], 4730],
    ["one row of 1,000 (hoisted row)", table(false), [click("bump")], 300],
    ["one row of 1,000 (inline row)", table(true), [click("bump")], 300],
    ["two rows of 1,000 swapped", table(false), [click("swap")], 293],
  ] as const
  for (const [name, view, sent, phoenix] of works) {
    const served = await serve(view)
    const page = await served.join()
    let n = 0
    await compare({
      bench: `live/${name}`,
      unit: "events/CPU s",
      ours: paced(() => page.send(sent[n++ % sent.length] ?? {})),
      peers: { "Phoenix, recorded": recorded(phoenix) },
    })
    await served.stop()
  }
}

/** Frames as Phoenix answers the same events: ../fixtures/transcripts. */
async function frames(): Promise<void> {
  const works = [
    ["counter", Counter, click("more"), 93],
    ["one row of 1,000", table(false), click("bump"), 126],
    ["two rows of 1,000 swapped", table(false), click("swap"), 133],
    ["form change", Form, change, 289],
    ["form error", Form, wrong, 346],
  ] as const
  for (const [name, view, sent, phoenix] of works) {
    const served = await serve(view)
    const page = await served.join()
    const answer = await page.send(sent)
    await compare({
      bench: `live/frame of ${name}`,
      unit: "B",
      rounds: 1,
      ours: recorded(Buffer.byteLength(answer)),
      peers: { "Phoenix, recorded": recorded(phoenix) },
    })
    await served.stop()
  }
}

async function cell(): Promise<void> {
  for (const inline of [false, true]) {
    const { full, one } = renders(inline)
    await compare({
      bench: `live/one cell of 1,000 rows, drawn, compared and encoded (${inline ? "inline" : "hoisted"} row)`,
      unit: "times/CPU s",
      ours: paced(one),
      peers: { "the whole view": paced(full) },
    })
  }
}

async function shared(): Promise<void> {
  const { together, each, views, stop } = await sharing()
  const ours: number[] = []
  await compare({
    bench: `live/message to ${views} pages that show 1,000 rows, a page`,
    unit: "µs CPU",
    rounds: 5,
    ours: { measure: async () => ours[ours.push(await together()) - 1] ?? Number.NaN },
    peers: { "without shared()": { measure: each } },
  })
  await stop()
}

async function page(): Promise<void> {
  const served = await serve(table(false))
  const whole = () =>
    String(
      hono`<button>bump</button><button>swap</button><table><tbody>${rows.map(({ id, name, value }) => hono`<tr id="row-${id}"><td>${id}</td><td>${name}</td><td>${value}</td></tr>`)}</tbody></table>`,
    )
  await compare({
    bench: "live/first answer of 1,000 rows, with session and tokens",
    unit: "pages/CPU s",
    ours: paced(async () => (await served.fetch()).text()),
    peers: { "hono/html, table only": paced(whole) },
  })
  await served.stop()
}

async function memory(): Promise<void> {
  const all = await crowd()
  await all.join("/counter", 300)
  await all.leave()
  await turn(1000)
  const before = await all.memory()
  await all.join("/counter", JOINS)
  await turn(IDLE * 1000)
  const after = await all.memory()
  const each = (what: "rss" | "heap") => (after[what] - before[what]) / JOINS
  await compare({
    bench: `live/memory of a joined counter, ${JOINS} over WebSockets, ${IDLE} s idle`,
    unit: "B of RSS",
    rounds: 1,
    ours: recorded(each("rss")),
    peers: { "Phoenix, recorded": recorded(43_500) },
  })
  notes.push(`Of the memory of a joined view ${Math.round(each("heap"))} B are on the heap of V8.`)
  all.stop()
}

async function trips(): Promise<void> {
  const all = await crowd()
  await all.join("/counter", 1000)
  await all.click(3, 2000)
  const before = await all.cpu()
  const { sent, answered, p50, p99 } = await all.click(10, 2000)
  const cpu = ((await all.cpu()) - before) / answered
  for (const [name, figure, phoenix] of [
    ["p50", p50, 1],
    ["p99", p99, 2],
  ] as const) {
    await compare({
      bench: `live/round trip of an event, 1,000 pages, 2,000/s, ${name}`,
      unit: "ms",
      rounds: 1,
      ours: recorded(figure),
      peers: { "Phoenix, recorded": recorded(phoenix) },
    })
  }
  await compare({
    bench: "live/event over a WebSocket, 1,000 pages",
    unit: "µs CPU",
    rounds: 1,
    ours: recorded(cpu),
    peers: { "Phoenix, recorded": recorded(75) },
  })
  notes.push(`${answered} of ${sent} events of the round trips were answered.`)
  all.stop()
}

const parts = { events, frames, cell, shared, page, survival: () => survival(notes), memory, trips }
for (const [name, part] of Object.entries(parts)) if (!only || only === name) await part()
const file = process.env["BENCH_NOTES"]
if (file && notes.length > 0) writeFileSync(file, `\n${notes.join("\n")}\n`)
process.exit()
