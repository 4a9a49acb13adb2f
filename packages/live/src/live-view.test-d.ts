import { each, html } from "@bennu/html"
import { type Conn, get, type Handler, type Plug, pipeline, scope } from "@bennu/plug"
import { topic } from "@bennu/pubsub"
import { paths, type Router, router } from "@bennu/router"
import { describe, it } from "vitest"
import * as z from "zod"
import {
  after,
  type EventRef,
  every,
  JS,
  type LiveView,
  link,
  live,
  liveSession,
  liveViews,
  on,
  redirect,
  type Socket,
} from "./index.ts"
import { mount } from "./testing.ts"

interface User {
  readonly id: string
  readonly email: string
}
interface Scope {
  readonly user: User | null
}
interface UserScope extends Scope {
  readonly user: User
}
const liveView = liveViews<UserScope>()
const ById = z.object({ id: z.uuid() })
const path = paths({ home: "/", todos: "/todos", todo: "/todos/:id", create: "POST /todos" })
const render = () => html``

declare const fetchScope: Plug<object, { scope: Scope }>
declare const requireUser: Plug<{ scope: Scope }, { scope: UserScope }>

describe("a live view", () => {
  it("infers its assigns from what mount returns, and nothing else can be assigned", () => {
    liveView({
      public: true,
      events: { toggle: ById },
      mount: () => ({ count: 0 }),
      handleEvent: {
        // @ts-expect-error an assign that mount did not make
        toggle: (socket) => socket.assign({ cuont: 1 }),
      },
      render,
    })
    liveView({
      public: true,
      events: { toggle: ById },
      mount: () => ({ count: 0 }),
      handleEvent: {
        toggle: (socket, { id }) => {
          // @ts-expect-error a payload has its schema's type
          const n: number = id
          // @ts-expect-error assigns are replaced, never written
          socket.assigns.count = n
        },
      },
      render,
    })
    // @ts-expect-error an unknown assign in render
    liveView({ public: true, mount: () => ({ count: 0 }), render: ({ total }) => html`${total}` })
    // a view without state needs no mount
    liveView({ public: true, render: () => html`imprint` })
    // render and handlers may stand before mount when mount needs nothing from the definition
    liveView({
      public: true,
      events: { toggle: ById },
      render: ({ count }) => html`${count}`,
      handleEvent: { toggle: (socket) => socket.assign({ count: 1 }) },
      mount: () => ({ count: 0 }),
    })
    // mount may send elsewhere, at once or later, and the assigns stay known
    liveView({
      public: true,
      mount: ({ scope }) => (scope.user.email ? { n: 1 } : redirect("/login")),
      render: ({ n }) => html`${n}`,
    })
    liveView({
      public: true,
      params: ById,
      async mount({ scope, params }) {
        if (params.id !== scope.user.id) return redirect("/login")
        return { n: 1 }
      },
      handleParams: (socket) => socket.assign({ n: 2 }),
      title: ({ n }) => n.toFixed(),
      head: ({ n }) => html`<meta name="n" content="${n}">`,
      terminate(socket, reason) {
        const why: "left" | "closed" | "crashed" = reason
        socket.assigns.n.toFixed(why.length)
      },
      render: ({ n }) => html`${n}`,
    })
  })

  it("has a handler for each event, which gets what its schema gives", () => {
    liveView({
      public: true,
      events: { toggle: ById, add: ById },
      mount: () => ({ count: 0 }),
      // @ts-expect-error a declared event has no handler
      handleEvent: { toggle() {} },
      render,
    })
    liveView({
      public: true,
      events: { toggle: ById },
      mount: () => ({ count: 0 }),
      handleEvent: {
        toggle() {},
        // @ts-expect-error a handler for an event that was not declared
        nope() {},
      },
      render,
    })
    liveView({
      public: true,
      events: { toggle: ById },
      mount: () => ({ count: 0 }),
      handleEvent: { toggle() {} },
      // @ts-expect-error an unknown event in render
      render: (_, { remove }) => html`${remove}`,
    })
    liveView({
      public: true,
      mount: () => ({ count: 0 }),
      render,
      events: {
        toggle: { payload: ById, authorize: ({ user }, { id }) => user.id === id },
        open: { payload: ById, public: true },
        nothing: {},
        mine: { authorize: ({ user }) => user.email !== "" },
      },
      handleEvent: {
        toggle: (_, { id }) => {
          id.trim()
        },
        open() {},
        nothing() {},
        mine() {},
      },
    })
    liveView({
      public: true,
      // @ts-expect-error an event in the long form says who may send it
      events: { toggle: { payload: ById } },
      mount: () => ({ count: 0 }),
      handleEvent: { toggle() {} },
      render,
    })
  })

  it("says who may see it", () => {
    // @ts-expect-error neither `authorize` nor `public`: nobody decided who may see it
    liveView({ mount: () => ({ count: 0 }), render })
    // @ts-expect-error `public: false` decides nothing
    liveView({ public: false, mount: () => ({ count: 0 }), render })
    // @ts-expect-error both at once contradict each other
    liveView({ public: true, authorize: () => true, mount: () => ({ count: 0 }), render })
    liveView({
      authorize: ({ user }, { id }) => user.id === id,
      params: ById,
      mount: () => ({ count: 0 }),
      render,
    })
    // @ts-expect-error authorize knows the scope
    liveView({ authorize: (scope) => scope.admin, mount: () => ({ count: 0 }), render })
  })

  it("knows the messages of the topics that it hears", () => {
    const Joined = topic("joined", z.object({ name: z.string() }))
    const Ticks = topic("ticks", z.number())
    liveView({
      public: true,
      mount: () => ({ names: [] as string[], n: 0 }),
      subscribe: (_) => [
        on(Joined, (socket, { name }) => socket.update("names", (names) => [...names, name])),
        on(Ticks, (socket, n) =>
          socket
            .assign({ n })
            .subscribe(on(Joined, (later, { name }) => later.assign({ names: [name] }))),
        ),
        every("1s", (socket) => socket.update("n", (n) => n + 1)),
        after(0, async (socket) => socket.assign({ n: 1 })),
        // @ts-expect-error a message has its topic's type
        on(Ticks, (socket, n) => socket.assign({ names: [n] })),
      ],
      render: ({ names, n }) => html`${names.length} ${n}`,
    })
  })

  it("renders references to its events, typed by what they take", () => {
    liveView({
      public: true,
      events: { add: {}, pick: ById },
      mount: () => ({ n: 0 }),
      handleEvent: {
        add: (socket) => socket.reply({ ok: true }).putFlash("info", "added"),
        pick: (socket, { id }) => socket.pushEvent("picked", { id }).pushPatch("/"),
      },
      render: (_, { add, pick }) => {
        const onPick: EventRef<{ id: string }> = pick
        // @ts-expect-error an event that takes something else
        const onOther: EventRef<{ name: string }> = pick
        return html`<a phx-click="${JS.push(onPick, { value: { id: "1" } }).hide()}" phx-focus="${JS.push(add)}" phx-blur="${JS.push(onOther)}" ${link({ patch: "/" })}>
      ${
        // @ts-expect-error a value has its event's type
        JS.push(pick, { value: { id: 1 } })
      }</a>`
      },
    })

    // handlers that several views share are generic in their socket
    const counting = {
      increase: <K extends Socket<{ count: number }, UserScope>>(socket: K) =>
        socket.update("count", (n) => n + 1),
    }
    liveView({
      public: true,
      events: { increase: {}, rename: {} },
      mount: () => ({ count: 0, name: "" }),
      handleEvent: { ...counting, rename: (socket) => socket.assign({ name: "x" }) },
      render: ({ count }) => html`${count}`,
    })
    liveView({
      public: true,
      events: { increase: {} },
      mount: () => ({ total: 0 }),
      // @ts-expect-error a view that lacks what they change
      handleEvent: { ...counting },
      render,
    })
  })

  it("streams rows of the type that it declares, and renders them with each", () => {
    liveView({
      public: true,
      streams: { rows: (row: { id: number }) => row.id, names: { domId: (name: string) => name } },
      events: { add: {} },
      mount: ({ stream }) => {
        stream("rows", [{ id: 1 }], { reset: true, limit: -50 })
        // @ts-expect-error a stream that was not declared
        stream("row", [])
        return { n: 0 }
      },
      handleEvent: {
        add: (socket) =>
          socket
            .streamInsert("rows", { id: 1 }, { at: 0, updateOnly: true })
            .streamDelete("names", "ada")
            .streamDeleteByDomId("rows", "rows-1")
            .assign({ n: 1 })
            // @ts-expect-error a row has its stream's type
            .streamInsert("rows", { id: "1" }),
      },
      render: (_, __, { streams }) =>
        html`${each(streams.rows, (row, id) => html`<i id="${id}">${row.id.toFixed()}</i>`)}`,
    })
    liveView({
      public: true,
      streams: { rows: (row: { id: number }) => row.id },
      // @ts-expect-error a stream is no list: it is rendered with `each` and not kept
      render: (_, __, { streams }) => html`${streams.rows.length}`,
    })
    liveView({
      public: true,
      streams: { rows: (row: { id: number }) => row.id },
      // @ts-expect-error nor does it go into a hole as it is
      render: (_, __, { streams }) => html`${streams.rows}`,
    })
  })

  it("is routed where the path names its parameters and the pipeline gives its scope", () => {
    const TodosLive = liveView({ public: true, mount: () => ({ n: 0 }), render })
    const TodoLive = liveView({ public: true, params: ById, mount: () => ({ n: 0 }), render })
    // @ts-expect-error the view needs an id that the path does not name
    live(path.todos, TodoLive)
    live(path.todos, TodosLive)
    live(path.todo, TodoLive)
    live(path.todo, TodosLive, {
      action: "edit",
      container: { tag: "main", attrs: { class: "wide" } },
    })
    // @ts-expect-error a parameter is text, so a schema that takes numbers only never matches
    live(path.todo, liveView({ public: true, params: z.object({ id: z.number() }), render }))
    live(
      path.todo,
      liveView({ public: true, params: z.object({ id: z.enum(["a", "b"]) }), render }),
    )
    live(path.todo, liveView({ public: true, params: z.object({ id: z.coerce.number() }), render }))
    // @ts-expect-error a live view is reached by GET
    live(path.create, TodosLive)

    const anyone = pipeline(fetchScope)
    const members = pipeline(anyone, requireUser)
    // @ts-expect-error the pipeline does not provide the scope
    scope("/", pipeline(), [live(path.todos, TodosLive)])
    // @ts-expect-error a view for signed-in users behind a pipeline that lets anyone in
    scope("/", anyone, [live(path.todos, TodosLive)])
    const served: Router<Handler<object>> = router(
      scope("/", members, { layout: ({ content }) => content }, [
        live(path.todos, TodosLive),
        liveSession(
          "one",
          { layout: ({ scope, content }) => html`${scope.user.email}${content}` },
          [live(path.todo, TodoLive)],
        ),
      ]),
      get(path.home, (conn: Conn) => conn.text("")),
    )
    served.routes.length.toFixed()
    liveSession(
      "main",
      { layout: ({ scope }: { scope: { admin: true } }) => html`${scope.admin}` },
      [
        // @ts-expect-error a layout that needs more than the routes' scope has
        live(path.todos, TodosLive),
      ],
    )
    // a view for anyone is one for members too, and not the reverse
    const anyones: LiveView<Scope> = liveViews<Scope>()({ public: true, render })
    const membersOnly: LiveView<UserScope> = anyones
    // @ts-expect-error it would be given scopes without a user
    const forAnyone: LiveView<Scope> = TodosLive
    // @ts-expect-error nor in a test
    mount(TodosLive, { scope: { user: null } })
    // @ts-expect-error nor does anything of this shape pass for a view
    const forged: LiveView<Scope> = { definition: {} }
    void [membersOnly, forAnyone, forged]
  })
})
