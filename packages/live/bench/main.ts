// What an event of a page costs from the frame that comes in to the frame that goes out, and how much goes out. No peer
// speaks today's LiveView client, so the same change is made by hand the way a server without diffs makes it: render the
// page with hono/html and send it whole. Phoenix's own frames for these changes are in ../fixtures/transcripts.
import { each, html } from "@bennu/html"
import { liveViews } from "@bennu/live"
import { html as hono } from "hono/html"
import { compare } from "../../../scripts/bench-harness.mjs"
import { serve } from "./page.ts"

const liveView = liveViews<{}>()

const Counter = liveView({
  public: true,
  events: { more: {} },
  mount: () => ({ count: 0 }),
  handleEvent: { more: (socket) => socket.update("count", (count) => count + 1) },
  render: ({ count }, { more }) =>
    html`<h1>Counter</h1><span id="count">${count}</span><button phx-click="${more}">+</button>`,
})

interface Row {
  readonly id: number
  readonly name: string
  readonly value: number
}
const rows: readonly Row[] = Array.from({ length: 1000 }, (_, i) => ({
  id: i + 1,
  name: `Row ${i + 1}`,
  value: 7 * (i + 1),
}))
const bumped = (all: readonly Row[]) =>
  all.map((row, i) => (i === 499 ? { ...row, value: row.value + 1 } : row))
const keyOf = ({ id }: Row) => id
const hoisted = ({ id, name, value }: Row) =>
  html`<tr id="row-${id}"><td>${id}</td><td>${name}</td><td>${value}</td></tr>`

const table = (inline: boolean) =>
  liveView({
    public: true,
    events: { bump: {}, swap: {} },
    mount: () => ({ rows }),
    handleEvent: {
      bump: (socket) => socket.update("rows", bumped),
      swap: (socket) =>
        socket.update(
          "rows",
          ([first, second, ...rest]) => [first, rest[997], ...rest.slice(0, 997), second] as Row[],
        ),
    },
    render: (
      { rows },
      { bump, swap },
    ) => html`<button phx-click="${bump}">bump</button><button phx-click="${swap}">swap</button>
      <table><tbody>${each(rows, keyOf, inline ? (row) => hoisted(row) : hoisted)}</tbody></table>`,
  })

const honoTable = (all: readonly Row[]) =>
  String(
    hono`<button>bump</button><table><tbody>${all.map(({ id, name, value }) => hono`<tr id="row-${id}"><td>${id}</td><td>${name}</td><td>${value}</td></tr>`)}</tbody></table>`,
  )

/** The same frame taken in, and the whole page sent in answer. */
const byHand = (render: () => string) => () => {
  const [joinRef, ref, topic] = JSON.parse(
    '["1","1","lv:phx-1","event",{"type":"click","event":"more","value":{"value":""}}]',
  )
  return JSON.stringify([
    joinRef,
    ref,
    topic,
    "phx_reply",
    { status: "ok", response: { html: render() } },
  ])
}

const counter = await serve(Counter)
const page = await counter.join()
let count = 0
const wholeCounter = byHand(() => {
  count += 1
  return String(hono`<h1>Counter</h1><span id="count">${count}</span><button>+</button>`)
})
await compare({
  bench: "live/counter event",
  ours: () => page.click("more"),
  peers: { "hono/html, whole page": wholeCounter },
})

for (const [name, inline] of [
  ["hoisted row", false],
  ["inline row", true],
] as const) {
  const served = await serve(table(inline))
  const open = await served.join()
  let state = rows
  const whole = byHand(() => {
    state = bumped(state)
    return honoTable(state)
  })
  await compare({
    bench: `live/one row of 1,000 (${name})`,
    ours: () => open.click("bump"),
    peers: { "hono/html, whole page": whole },
  })
  await compare({
    bench: `live/one row of 1,000 (${name}), frame`,
    unit: "B",
    rounds: 1,
    ours: { measure: async () => (await open.click("bump")).length },
    peers: { "hono/html, whole page": { measure: () => whole().length } },
  })
  await served.stop()
}

const served = await serve(table(false))
await compare({
  bench: "live/dead render of 1,000 rows",
  ours: async () => (await served.fetch()).text(),
  peers: { "hono/html, table only": () => honoTable(rows) },
})
await served.stop()
await counter.stop()
