import { type Html, html } from "@bennu/html"
import { describe, it } from "vitest"
import * as z from "zod"
import { component, type EventRef, JS, liveComponents, liveViews, props } from "../index.ts"

interface Scope {
  readonly user: string | null
}
interface UserScope {
  readonly user: string
}
const liveComponent = liveComponents<UserScope>()
const ById = z.object({ id: z.string() })

const TitleEditor = liveComponent({
  props: props<{ title: string }>(),
  events: { edit: {}, rename: ById },
  mount: () => ({ editing: false }),
  handleEvent: {
    edit: (socket) => socket.assign({ editing: true }),
    rename: (socket, { id }) => socket.pushEvent("renamed", { id }).reply(socket.props.title),
  },
  render: ({ title, editing }, { edit }, { myself }) =>
    html`<input value="${title}" readonly="${!editing}" phx-focus="${edit}" phx-target="${myself}">`,
})

describe("a live component", () => {
  it("is shown with an id and its props", () => {
    component(TitleEditor, { id: "1", title: "x" })
    // @ts-expect-error it needs an id
    component(TitleEditor, { title: "x" })
    // @ts-expect-error and its props
    component(TitleEditor, { id: "1" })
    // @ts-expect-error of their types
    component(TitleEditor, { id: "1", title: 1 })
    // one without props and without state
    const Line = liveComponent({ render: (_, __, { id }) => html`<hr id="${id}">` })
    component(Line, { id: "1" })
    // @ts-expect-error nothing else passes for one
    component({ render: (): Html => html`` }, { id: "1" })
  })

  it("has handlers that know its own assigns, events and streams", () => {
    liveComponent({
      events: { edit: ById },
      mount: () => ({ a: 1 }),
      // @ts-expect-error an assign that mount did not make
      handleEvent: { edit: (socket) => socket.assign({ b: 1 }) },
      render: () => html``,
    })
    liveComponent({
      props: props<{ a: number }>(),
      mount: ({ props, id, scope }) => ({ b: props.a, id, user: scope.user.trim() }),
      update: (socket, previous) =>
        socket
          .assign({ b: socket.props.a - previous.a })
          // @ts-expect-error a prop is its parent's
          .assign({ a: 1 }),
      render: ({ a, b }, _, { myself }) => html`<p phx-target="${myself}">${a + b}</p>`,
    })
    liveComponent({
      streams: { rows: (row: { id: number }) => row.id },
      events: { add: {} },
      mount: ({ stream }) => {
        // @ts-expect-error a row has its stream's type
        stream("rows", [1])
        return {}
      },
      handleEvent: { add: (socket) => socket.streamInsert("rows", { id: 1 }) },
      render: () => html`<p></p>`,
    })
    liveComponent({
      events: { pick: ById },
      handleEvent: { pick() {} },
      render: (_, { pick }, { myself }) => {
        // @ts-expect-error an event that takes something else
        const other: EventRef<{ name: string }> = pick
        return html`<a phx-click="${JS.push(pick, { value: { id: "1" }, target: myself })}">${JS.push(other)}</a>`
      },
    })
  })

  it("stands in views that declare it and whose scope it takes", () => {
    liveViews<UserScope>()({
      public: true,
      components: [TitleEditor],
      events: { rename: {} },
      handleEvent: {
        rename: (socket) =>
          socket
            .sendUpdate(TitleEditor, "1", { title: "x" })
            // @ts-expect-error props have their component's types
            .sendUpdate(TitleEditor, "1", { title: 1 }),
      },
      render: () => html`${component(TitleEditor, { id: "1", title: "x" })}`,
    })
    liveViews<Scope>()({
      public: true,
      // @ts-expect-error it would be given scopes without a user
      components: [TitleEditor],
      render: () => html``,
    })
  })
})
