// A stream's rows are sent once, kept by the page, and forgotten here. What
// this view keeps of 10,000 rows is their order, as an index of a table
// would; which of them the page has is two numbers.
import { each, html } from "@bennu/html"
import type { Socket } from "@bennu/live"
import * as z from "zod"
import { demo } from "../components.ts"
import { liveView, type Scope } from "../vocabulary.ts"

const ALL = 10_000
const PAGE = 50
/** Rows that the page holds at most, while it scrolls. */
const HELD = 3 * PAGE

interface Sighting {
  readonly id: number
  readonly bird: string
}
const birds = ["Heron", "Egret", "Bittern", "Ibis", "Stork", "Spoonbill", "Crane"]
/** A row, as a database would give it. */
const sighting = (id: number): Sighting => ({ id, bird: birds[(id * 31) % birds.length] ?? "" })

interface State {
  /** The ids of all rows, in the order in which they are shown. */
  readonly order: readonly number[]
  /** Which of them the page has. */
  readonly from: number
  readonly to: number
  readonly next: number
}
type Streamed = Socket<State, Scope, {}, { sightings: Sighting }>

const ById = z.object({ id: z.coerce.number().int() })
const first = Array.from({ length: ALL }, (_, index) => index + 1)
const rowsOf = (order: readonly number[], from: number, to: number) =>
  order.slice(from, to).map(sighting)

function show(socket: Streamed, order: readonly number[], to: number): Streamed {
  return socket
    .stream("sightings", rowsOf(order, 0, to), { reset: true })
    .assign({ order, from: 0, to: Math.min(to, order.length) })
}

export const StreamsLive = liveView({
  public: true,
  // what tells the rows apart
  streams: { sightings: ({ id }: Sighting) => id },
  events: {
    above: z.object({ _overran: z.boolean().optional() }),
    below: {},
    insert: {},
    append: {},
    raise: ById,
    remove: ById,
    reverse: {},
    everything: {},
  },
  mount({ stream }): State {
    stream("sightings", rowsOf(first, 0, PAGE))
    return { order: first, from: 0, to: PAGE, next: ALL + 1 }
  },
  handleEvent: {
    // scrolling: rows come at one end, and as many go at the other
    below(socket) {
      const { order, from, to } = socket.assigns
      const end = Math.min(to + PAGE, order.length)
      return socket
        .stream("sightings", rowsOf(order, to, end), { limit: -HELD })
        .assign({ from: Math.max(from, end - HELD), to: end })
    },
    above(socket, { _overran: overran }) {
      const { order, from, to } = socket.assigns
      // who scrolls fast sends two: the second is enough, and its answer finds the list unlocked
      if (from === 0 || overran) return socket
      const start = Math.max(0, from - PAGE)
      // one after another at the same place: the last comes first
      return socket
        .stream("sightings", rowsOf(order, start, from).reverse(), { at: 0, limit: HELD })
        .assign({ from: start, to: Math.min(to, start + HELD) })
    },
    insert(socket) {
      const { order, from, next } = socket.assigns
      const shown =
        from === 0 ? socket.streamInsert("sightings", sighting(next), { at: 0 }) : socket
      return shown
        .assign({ order: [next, ...order], next: next + 1 })
        .update(from === 0 ? "to" : "from", (place) => place + 1)
    },
    append(socket) {
      const { order, next } = socket.assigns
      const all = [...order, next]
      const from = Math.max(0, all.length - PAGE)
      return socket
        .stream("sightings", rowsOf(all, from, all.length), { reset: true })
        .assign({ order: all, next: next + 1, from, to: all.length })
    },
    // a row that the page has is updated where it is: to move it, delete and insert it
    raise(socket, { id }) {
      const { order, from } = socket.assigns
      const at = order.indexOf(id)
      if (at <= from) return socket
      const others = order.filter((one) => one !== id)
      const raised = [...others.slice(0, at - 1), id, ...others.slice(at - 1)]
      return socket
        .streamDelete("sightings", sighting(id))
        .streamInsert("sightings", sighting(id), { at: at - 1 - from })
        .assign({ order: raised })
    },
    remove(socket, { id }) {
      const { order, to } = socket.assigns
      if (!order.includes(id)) return socket
      return socket
        .streamDelete("sightings", sighting(id))
        .assign({ order: order.filter((one) => one !== id), to: to - 1 })
    },
    reverse: (socket) => show(socket, socket.assigns.order.toReversed(), PAGE),
    everything: (socket) => show(socket, socket.assigns.order, socket.assigns.order.length),
  },
  title: "Streams",
  render: ({ order, from, to }, events, { streams }) => html`
    ${demo(
      "Sightings",
      html`<p class="row">
        <button phx-click="${events.insert}">Insert on top</button>
        <button phx-click="${events.append}">Append at the end</button>
        <button class="second" phx-click="${events.reverse}">Reverse all</button>
        <button class="second" phx-click="${events.everything}" phx-disable-with="Sending…">Show all at once</button>
      </p>
      <p id="held">Rows ${to === 0 ? 0 : from + 1} to ${to} of ${order.length.toLocaleString("en")} are in the page.</p>
      <div class="scroller" role="region" aria-label="Sightings" tabindex="0">
        <ol class="sightings" id="sightings" phx-update="stream"
          phx-viewport-top="${from > 0 && events.above}" phx-viewport-bottom="${to < order.length && events.below}">
          ${each(
            streams.sightings,
            ({ id, bird }, domId) => html`<li id="${domId}">
              <span>${bird}</span> <span class="number">No. ${id}</span>
              <button class="quiet" phx-click="${events.raise}" phx-value-id="${id}" aria-label="Move number ${id} up">↑</button>
              <button class="quiet" phx-click="${events.remove}" phx-value-id="${id}" aria-label="Delete number ${id}">×</button>
            </li>`,
          )}
        </ol>
      </div>`,
    )}`,
})
