// The views that are measured: the pages that a real Phoenix was recorded with (../fixtures/transcripts), and one with a stream.
import { each, html } from "@bennu/html"
import { component, type LiveView, liveComponents, liveViews } from "@bennu/live"
import { cast, embeddedSchema, type Field, formParams, toForm } from "@bennu/schema"
import * as z from "zod"

const liveView = liveViews<{}>()

export const Counter: LiveView<{}> = liveView({
  public: true,
  events: { inc: {}, dec: {} },
  mount: () => ({ count: 0 }),
  handleEvent: {
    inc: (socket) => socket.update("count", (count) => count + 1),
    dec: (socket) => socket.update("count", (count) => count - 1),
  },
  render: ({ count }, { inc, dec }) => html`<h1>Counter</h1>
<button id="dec" phx-click="${dec}">-</button>
<span id="count">${count}</span>
<button id="inc" phx-click="${inc}">+</button>`,
})

/** A counter that survives its process. */
export const KeptCounter: LiveView<{}> = liveView({
  public: true,
  events: { inc: {} },
  mount: () => ({ count: 0 }),
  stash: { keys: { count: z.number() } },
  handleEvent: { inc: (socket) => socket.update("count", (count) => count + 1) },
  render: ({ count }, { inc }) => html`<h1>Counter</h1>
<span id="count">${count}</span>
<button id="inc" phx-click="${inc}">+</button>`,
})

/** A counter that is a live component of its page, and survives its process or does not. */
export function partCounter(kept: boolean): LiveView<{}> {
  const Part = liveComponents<{}>()({
    events: { inc: {} },
    mount: () => ({ count: 0 }),
    ...(kept && { stash: { name: "counter", keys: { count: z.number() } } }),
    handleEvent: { inc: (socket) => socket.update("count", (count) => count + 1) },
    render: ({ count }, { inc }) => html`<button phx-click="${inc}">${count}</button>`,
  })
  return liveView({
    public: true,
    components: [Part],
    mount: () => ({}),
    render: () => html`<h1>Counter</h1>${component(Part, { id: "counter" })}`,
  })
}

export interface Row {
  readonly id: number
  readonly name: string
  readonly value: number
}
export const rows: readonly Row[] = Array.from({ length: 1000 }, (_, i) => ({
  id: i + 1,
  name: `Row ${i + 1}`,
  value: 7 * (i + 1),
}))
export const bumped = (all: readonly Row[]): readonly Row[] =>
  all.map((row, i) => (i === 499 ? { ...row, value: row.value + 1 } : row))
const swapped = (all: readonly Row[]): readonly Row[] =>
  all.map((row, i) => (i === 1 ? all[998] : i === 998 ? all[1] : row) ?? row)
export const keyOf = ({ id }: Row): number => id
export const hoisted = ({ id, name, value }: Row) => html`<tr id="row-${id}">
      <td>${id}</td>
      <td>${name}</td>
      <td>${value}</td>
    </tr>`

export const table = (inline: boolean): LiveView<{}> =>
  liveView({
    public: true,
    events: { update: {}, swap: {} },
    mount: () => ({ rows }),
    handleEvent: {
      update: (socket) => socket.update("rows", bumped),
      swap: (socket) => socket.update("rows", swapped),
    },
    render: ({ rows }, { update, swap }) => html`<h1>Table</h1>
<button id="update" phx-click="${update}">update</button>
<button id="swap" phx-click="${swap}">swap</button>
<table>
  <tbody id="rows">
    ${each(rows, keyOf, inline ? (row) => hoisted(row) : hoisted)}
  </tbody>
</table>`,
  })

interface Message {
  readonly id: number
  readonly text: string
}
export const Chat: LiveView<{}> = liveView({
  public: true,
  streams: { messages: (message: Message) => message.id },
  events: { send: {} },
  mount: () => ({ next: 1 }),
  handleEvent: {
    send: (socket) =>
      socket
        .streamInsert("messages", { id: socket.assigns.next, text: "hello" }, { at: 0 })
        .update("next", (next) => next + 1),
  },
  render: (_, { send }, { streams }) => html`<h1>Chat</h1>
<button id="send" phx-click="${send}">send</button>
<ul id="messages" phx-update="stream">${each(
    streams.messages,
    ({ text }, id) => html`<li id="${id}">${text}</li>`,
  )}</ul>`,
})

const User = embeddedSchema("user", { name: z.string(), email: z.string() })
const rules = z.object({
  name: z.string().min(3, "should be at least 3 character(s)"),
  email: z.string().regex(/@/, "must have the @ sign"),
})
const blank = { name: "", email: "" }
const field = ({ id, name, value, errors }: Field, label: string) => html`<div>
  <label for="${id}">${label}</label>
  <input type="text" id="${id}" name="${name}" value="${value}">
  ${errors.map((error) => html`<p class="error">${error}</p>`)}
</div>`

export const Form: LiveView<{}> = liveView({
  public: true,
  events: { validate: formParams("user"), save: formParams("user") },
  mount: () => ({ form: toForm(cast(User, blank, {}, rules)), saved: null as string | null }),
  handleEvent: {
    validate: (socket, params) =>
      socket.assign({ form: toForm(cast(User, blank, params, rules), { action: "validate" }) }),
    save: (socket, params) => {
      const user = cast(User, blank, params, rules)
      return user.valid
        ? socket.assign({
            form: toForm(cast(User, blank, {}, rules)),
            saved: user.getField("name"),
          })
        : socket.assign({ form: toForm(user, { action: "insert" }) })
    },
  },
  render: ({ form, saved }, { validate, save }) => html`<h1>Form</h1>
<form id="user-form" phx-submit="${save}" phx-change="${validate}">
  ${field(form.fields.name, "Name")}
  ${field(form.fields.email, "Email")}
  <button>Save</button>
</form>
${saved === null ? "" : html`<p id="saved">Saved ${saved}</p>`}`,
})
