// A list that only the page holds can be sorted and filtered all the same:
// the view keeps the ids of its rows, and says which to show in which order.
import { each, html } from "@bennu/html"
import * as z from "zod"
import { demo } from "../components.ts"
import { liveView } from "../vocabulary.ts"

interface Bird {
  readonly id: string
  readonly wingspan: number
}
const birds: readonly Bird[] = [
  { id: "Bittern", wingspan: 130 },
  { id: "Crane", wingspan: 230 },
  { id: "Egret", wingspan: 92 },
  { id: "Heron", wingspan: 185 },
  { id: "Ibis", wingspan: 100 },
  { id: "Spoonbill", wingspan: 125 },
  { id: "Stork", wingspan: 170 },
]
const orders = ["name", "wingspan"] as const

/** Which birds are asked for, in their order: a query for ids alone. */
const idsOf = (order: (typeof orders)[number], filter: string): readonly string[] =>
  birds
    .filter(({ id }) => id.toLowerCase().includes(filter.toLowerCase()))
    .toSorted((a, b) => (order === "name" ? a.id.localeCompare(b.id) : a.wingspan - b.wingspan))
    .map(({ id }) => id)
/** Their rows, in any order. */
const rowsOf = (ids: readonly string[]) => birds.filter(({ id }) => ids.includes(id))

export const SortingLive = liveView({
  public: true,
  streams: { birds: ({ id }: Bird) => id },
  events: { arrange: z.object({ order: z.enum(orders), filter: z.string().max(40) }) },
  mount({ streamKeys }) {
    const ids = idsOf("name", "")
    streamKeys("birds", ids, rowsOf(ids))
    return { ids, order: "name", filter: "", sent: ids.length }
  },
  handleEvent: {
    arrange(socket, { order, filter }) {
      const ids = idsOf(order, filter)
      // rows that the page does not have, or has to move; the others are left alone
      const lacking = socket.streamLacks("birds", ids)
      return socket
        .streamKeys("birds", ids, rowsOf(lacking))
        .assign({ ids, order, filter, sent: lacking.length })
    },
  },
  title: "Sorting and filtering",
  render: ({ ids, order, filter, sent }, { arrange }, { streams }) => html`
    ${demo(
      "Birds",
      html`<form id="arrange" class="row" phx-change="${arrange}" phx-submit="${arrange}">
        <label>Find <input name="filter" value="${filter}" maxlength="40" phx-debounce="100" autocomplete="off"></label>
        <label>Sort by <select name="order">${orders.map(
          (one) => html`<option selected="${one === order}">${one}</option>`,
        )}</select></label>
      </form>
      <p id="found" aria-live="polite">${
        ids.length === 0
          ? `No bird is called “${filter}”.`
          : `${ids.length} of ${birds.length} birds; rows that were sent: ${sent}.`
      }</p>
      <ol class="sightings" id="birds" phx-update="stream">
        ${each(
          streams.birds,
          ({ id, wingspan }, domId) =>
            html`<li id="${domId}"><span>${id}</span> <span class="number">${wingspan} cm</span></li>`,
        )}
      </ol>`,
    )}`,
})
