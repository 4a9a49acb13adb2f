// The views that are measured.
import { each, html } from "@bennu/html"
import { type LiveView, liveViews } from "@bennu/live"
import * as z from "zod"

const liveView = liveViews<{}>()

export const Counter: LiveView<{}> = liveView({
  public: true,
  events: { more: {} },
  mount: () => ({ count: 0 }),
  handleEvent: { more: (socket) => socket.update("count", (count) => count + 1) },
  render: ({ count }, { more }) =>
    html`<h1>Counter</h1><span id="count">${count}</span><button phx-click="${more}">+</button>`,
})

/** The same, which survives its process. */
export const KeptCounter: LiveView<{}> = liveView({
  public: true,
  events: { more: {} },
  mount: () => ({ count: 0 }),
  stash: { keys: { count: z.number() } },
  handleEvent: { more: (socket) => socket.update("count", (count) => count + 1) },
  render: ({ count }, { more }) =>
    html`<h1>Counter</h1><span id="count">${count}</span><button phx-click="${more}">+</button>`,
})

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
  all.with(499, { ...(all[499] as Row), value: (all[499]?.value ?? 0) + 1 })
export const keyOf = ({ id }: Row): number => id
export const hoisted = ({ id, name, value }: Row) =>
  html`<tr id="row-${id}"><td>${id}</td><td>${name}</td><td>${value}</td></tr>`

export const table = (inline: boolean): LiveView<{}> =>
  liveView({
    public: true,
    events: { bump: {}, swap: {} },
    mount: () => ({ rows }),
    handleEvent: {
      bump: (socket) => socket.update("rows", bumped),
      swap: (socket) =>
        socket.update(
          "rows",
          ([first, second, ...rest]) =>
            [first, rest[996], ...rest.slice(0, 996), second, ...rest.slice(997)] as Row[],
        ),
    },
    render: (
      { rows },
      { bump, swap },
    ) => html`<button phx-click="${bump}">bump</button><button phx-click="${swap}">swap</button>
      <table><tbody>${each(rows, keyOf, inline ? (row) => hoisted(row) : hoisted)}</tbody></table>`,
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
  render: (_, { send }, { streams }) =>
    html`<button phx-click="${send}">send</button><ul id="messages" phx-update="stream">${each(
      streams.messages,
      ({ text }, id) => html`<li id="${id}">${text}</li>`,
    )}</ul>`,
})

const Person = z.object({ user: z.object({ name: z.string(), email: z.string() }) })
export const Form: LiveView<{}> = liveView({
  public: true,
  events: { validate: Person },
  mount: () => ({ name: "", email: "", errors: [] as string[] }),
  handleEvent: {
    validate: (socket, { user }) =>
      socket.assign({ ...user, errors: user.email.includes("@") ? [] : ["has no @"] }),
  },
  render: ({ name, email, errors }, { validate }) =>
    html`<form id="form" phx-change="${validate}"><input name="user[name]" value="${name}"><input name="user[email]" value="${email}">
      ${errors.map((error) => html`<p class="error">${error}</p>`)}</form>`,
})
