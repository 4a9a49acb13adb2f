// What pages cost: events over real WebSockets from another process, frames, broadcasts, memory, round trips. Beside it stands what Phoenix
// 1.8.12 with LiveView 1.2.10 did for the same pages on one core of its machine (figures of recordings: they do not change), and for whole
// pages hono/html.
//   LIVE_JOINS=10000 LIVE_IDLE=60   pages that join for the memory, and seconds that they idle
//   LIVE_CHURN=1                    minutes of pages that come and go; `node churn.ts 60` for an hour of it
//   LIVE_ONLY=memory                one part alone: events, trips, frames, cell, shared, page, survival, memory, churned
import "./production.ts"
import { randomToken } from "@bennu/core/crypto"
import { each, html } from "@bennu/html"
import { Hono } from "hono"
import { setSignedCookie } from "hono/cookie"
import { html as hono } from "hono/html"
import { compare, note } from "../../../scripts/bench-harness.mjs"
import { renders } from "./cell.ts"
import { churn } from "./churn.ts"
import { paced, recorded } from "./pace.ts"
import { serve } from "./page.ts"
import { type Crowd, crowd, turn } from "./processes.ts"
import { alice, answered, click, short } from "./recordings.ts"
import { sharing } from "./sharing.ts"
import { survival } from "./survival.ts"
import { Chat, Counter, Form, hoisted, keyOf, rows, table } from "./views.ts"

const JOINS = Number(process.env["LIVE_JOINS"] ?? 10_000)
const IDLE = Number(process.env["LIVE_IDLE"] ?? 60)
const CHURN = Number(process.env["LIVE_CHURN"] ?? 1)
const only = process.env["LIVE_ONLY"]

/** Events a second of one core, with as many on their way as there are pages. */
async function events(): Promise<void> {
  const works = [
    ["counter event", "/counter", [click("inc")], 13_900],
    ["stream insert", "/chat", [click("send")], 9500],
    ["form change", "/form", [short, alice], 4730],
    ["one row of 1,000 (hoisted row)", "/table", [click("update")], 300],
    ["one row of 1,000 (inline row)", "/inline", [click("update")], 300],
    ["two rows of 1,000 swapped", "/table", [click("swap")], 293],
  ] as const
  const all = await crowd()
  for (const [name, path, sent, phoenix] of works) {
    await all.join(path, 50)
    await compare({
      bench: `live/${name}`,
      unit: "events/CPU s",
      rounds: 5,
      ours: { measure: async () => 1e6 / (await all.rush(1, sent)).cpu },
      peers: { "Phoenix, recorded": recorded(phoenix) },
    })
    await all.leave()
  }
  all.stop()
}

/** With a thousand pages that people use; beside it what sockets cost that nothing stands behind. */
async function trips(): Promise<void> {
  const [all, floor] = [await crowd(), await crowd("floor.ts")]
  const inc = [click("inc")]
  for (const each of [all, floor]) {
    await each.join("/counter", 1000)
    // until nothing is compiled any more
    await each.rush(5, inc)
    await each.pace(10, 2000, inc)
  }
  const { p50, p99 } = await all.pace(10, 2000, inc)
  for (const [name, figure, phoenix] of [
    ["p50", p50, 1],
    ["p99", p99, 2],
  ] as const) {
    await compare({
      bench: `live/1,000 active pages: round trip of an event at 2,000/s, ${name}`,
      unit: "ms",
      rounds: 1,
      ours: recorded(figure),
      peers: { "Phoenix, recorded": recorded(phoenix) },
    })
  }
  const works = {
    "event at 2,000/s": async (crowd: Crowd) => (await crowd.pace(5, 2000, inc)).cpu,
    "event as fast as they are answered": async (crowd: Crowd) => (await crowd.rush(3, inc)).cpu,
  }
  for (const [name, work] of Object.entries(works)) {
    await compare({
      bench: `live/1,000 active pages: ${name}`,
      unit: "µs CPU",
      rounds: 5,
      ours: { measure: () => work(all) },
      peers: {
        "Phoenix, recorded": recorded(75),
        "ws, which answers without looking": { measure: () => work(floor) },
      },
    })
  }
  all.stop()
  floor.stop()
}

/** Answers to the events that Phoenix was recorded with. */
async function frames(): Promise<void> {
  const [inc] = answered("counter")
  const [update, , swap] = answered("table")
  const [wrong, fine] = answered("form")
  const works = [
    ["counter", Counter, [click("inc")], [inc]],
    ["one row of 1,000", table(false), [click("update")], [update]],
    ["two rows of 1,000 swapped", table(false), [click("swap")], [swap]],
    ["form with an error, form without it", Form, [short, alice], [wrong, fine]],
    ["stream insert", Chat, [click("send")], [200]],
  ] as const
  for (const [names, view, sent, phoenix] of works) {
    const served = await serve(view)
    const page = await served.join()
    // the first row of a stream brings what all are made of
    if (view === Chat) await page.send(click("send"))
    for (const [i, name] of names.split(", ").entries()) {
      const answer = await page.send(sent[i] ?? {})
      await compare({
        bench: `live/frame: ${name}`,
        unit: "B",
        rounds: 1,
        ours: recorded(Buffer.byteLength(answer)),
        peers: { "Phoenix, recorded": recorded(phoenix[i] ?? Number.NaN) },
      })
    }
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
  await compare({
    bench: `live/message to ${views} pages that show 1,000 rows, a page`,
    unit: "µs CPU",
    rounds: 5,
    ours: { measure: together },
    peers: { "without shared()": { measure: each } },
  })
  await stop()
}

/** Rows as a first answer has them: drawn to bytes alone, and as an app answers, which brings what makes the page live. */
async function page(): Promise<void> {
  const ours = () =>
    html`<button>update</button><button>swap</button><table><tbody>${each(rows, keyOf, hoisted)}</tbody></table>`
  const theirs = () =>
    hono`<button>update</button><button>swap</button><table><tbody>${rows.map(
      ({ id, name, value }) => hono`<tr id="row-${id}">
      <td>${id}</td>
      <td>${name}</td>
      <td>${value}</td>
    </tr>`,
    )}</tbody></table>`
  await compare({
    bench: "live/1,000 rows drawn for a first answer, to bytes",
    unit: "pages/CPU s",
    ours: paced(() => Buffer.from(String(ours()))),
    peers: { "hono/html": paced(() => Buffer.from(String(theirs()))) },
  })
  const served = await serve(table(false))
  const plain = new Hono().get("/", (context) => context.html(theirs()))
  const signed = new Hono().get("/", async (context) => {
    await setSignedCookie(
      context,
      "session",
      JSON.stringify({ csrf: randomToken() }),
      "s".repeat(64),
    )
    return context.html(theirs())
  })
  const asked = (app: Hono) => async () =>
    (await app.fetch(new Request("http://bench.test/"))).text()
  await compare({
    bench: "live/first answer of 1,000 rows, with session and tokens",
    unit: "pages/CPU s",
    ours: paced(async () => (await served.fetch()).text()),
    peers: {
      "Hono app, nothing but the table": paced(asked(plain)),
      "Hono app, with a signed cookie": paced(asked(signed)),
    },
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
    peers: { "Phoenix, recorded": recorded(43_500), "the goal, at most": recorded(25_000) },
  })
  note(`Of the memory of a joined view ${Math.round(each("heap"))} B are on the heap of V8.`)
  all.stop()
}

async function churned(): Promise<void> {
  const { joins, before, after } = await churn(CHURN)
  await compare({
    bench: `live/memory after ${joins} pages came and went in ${CHURN} min`,
    unit: "B of RSS",
    rounds: 1,
    ours: recorded(after.rss),
    peers: { before: recorded(before.rss) },
  })
}

const parts = { events, trips, frames, cell, shared, page, survival, memory, churned }
for (const [name, part] of Object.entries(parts)) if (!only || only === name) await part()
process.exit()
