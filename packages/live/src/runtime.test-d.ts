import type { Result } from "@bennu/core"
import { each, html } from "@bennu/html"
import { type Conn, get, type Plug, pipeline, scope } from "@bennu/plug"
import { topic } from "@bennu/pubsub"
import { paths } from "@bennu/router"
import { describe, it } from "vitest"
import * as z from "zod"
import {
  type AsyncResult,
  assignAsync,
  asyncOk,
  asyncResult,
  clientHook,
  link,
  live,
  liveRender,
  liveSession,
  liveViews,
  type OnMount,
  on,
  redirect,
} from "./index.ts"
import { mount } from "./testing.ts"

interface Scope {
  readonly name: string
}
interface AdminScope extends Scope {
  readonly admin: true
}
const liveView = liveViews<Scope>()
const path = paths({ home: "/", item: "/items/:id" })
const scopeOf = { name: "ada" }
const render = () => html``

describe("work that a view waits for", () => {
  it("has the type of what it gives", () => {
    liveView({
      public: true,
      events: { load: {}, print: {} },
      mount: () => ({ done: assignAsync(async () => 1), known: asyncOk("x"), text: "" }),
      handleEvent: {
        load: (socket) =>
          socket
            .update("done", (last) => assignAsync(async () => 2, last))
            // @ts-expect-error the assign's result is a number
            .assign({ done: assignAsync(async () => "2") }),
        print: (socket) =>
          socket.startAsync(
            "print",
            async (signal) => (signal.aborted ? "" : "pages"),
            (later, result) =>
              // @ts-expect-error the result is text
              result.ok ? later.assign({ text: result.value.toFixed() }) : undefined,
          ),
      },
      handleAsync: (socket, name: string, result: Result<unknown, Error>) =>
        socket.assign({ text: result.ok ? name : result.error.message }),
      render: ({ done, known }) => {
        const result: AsyncResult<number> = done
        // @ts-expect-error nobody knows yet whether there is a result
        result.result.toFixed()
        return html`${asyncResult(done, {
          loading: () => html`…`,
          failed: ({ message }) => html`${message}`,
          ok: (n) => html`${n.toFixed()}`,
        })}${asyncResult(known, { ok: (text) => html`${text.trim()}` })}`
      },
    })
    liveView({
      public: true,
      streams: { rows: (row: { id: number }) => row.id },
      mount: ({ streamAsync }) => {
        streamAsync("rows", async () => [{ id: 1 }])
        // @ts-expect-error a row has its stream's type
        streamAsync("rows", async () => [{ id: "1" }])
        // @ts-expect-error a stream that was not declared
        streamAsync("cols", async () => [])
        return {}
      },
      render: (_, __, { streams }) =>
        html`${each(streams.rows, ({ id }, dom) => html`<i id="${dom}">${id}</i>`)}`,
    })
  })
})

describe("guards and hooks", () => {
  it("know the scope, and see what the page sends as unknown", () => {
    const admins: OnMount<AdminScope> = ({ scope }) => (scope.admin ? undefined : redirect("/"))
    const hooked: OnMount<Scope> = ({ attachHook, scope }) => {
      attachHook("log", "handleEvent", async (socket, { event, payload }, next) => {
        // @ts-expect-error nobody has looked at what the page sent
        payload.id
        return (await next(socket)).pushEvent(event, { by: scope.name })
      })
      // @ts-expect-error a stage that there is not
      attachHook("log", "handleClick", () => {})
    }
    liveView({
      public: true,
      onMount: [
        hooked,
        // @ts-expect-error a guard of those who may do more than this view's scope
        admins,
      ],
      render,
    })
    liveView({
      public: true,
      events: { on: {} },
      mount: () => ({ n: 0 }),
      handleEvent: {
        on: (socket) =>
          socket
            .attachHook("count", "handleEvent", async (inner, _, next) =>
              (await next(inner)).update("n", (n) => n + 1),
            )
            .detachHook("count", "handleEvent"),
      },
      render: ({ n }) => html`${n}`,
    })
  })
})

describe("temporary assigns", () => {
  it("are those that may be undefined", () => {
    liveView({
      public: true,
      temporary: ["once"],
      mount: (): { once: string | undefined; kept: number } => ({ once: "x", kept: 1 }),
      render: ({ once }) => html`${once}`,
    })
    liveView({
      public: true,
      // @ts-expect-error an assign that is never undefined cannot be forgotten
      temporary: ["kept"],
      mount: () => ({ kept: 1 }),
      render: ({ kept }) => html`${kept}`,
    })
  })
})

describe("a view in a view", () => {
  const Clock = liveView({
    public: true,
    session: z.object({ zone: z.string() }),
    mount: ({ session: { zone } }) => ({ zone }),
    render: ({ zone }) => html`${zone.trim()}`,
  })
  const Plain = liveView({ public: true, render })
  const Item = liveView({ public: true, params: z.object({ id: z.string() }), render })

  it("is given what its session takes", () => {
    liveRender(Clock, { id: "clock", session: { zone: "UTC" }, sticky: true })
    liveRender(Plain, { id: "plain" })
    // @ts-expect-error a nested view needs its session
    liveRender(Clock, { id: "clock" })
    // @ts-expect-error of its type
    liveRender(Clock, { id: "clock", session: { zone: 1 } })
    // @ts-expect-error and an id
    liveRender(Plain, {})
    // @ts-expect-error a view whose path has a parameter cannot be nested
    liveRender(Item, { id: "item" })
    // @ts-expect-error nor has a route a session to give
    live(path.home, Clock)
    void mount(Clock, { scope: scopeOf, session: { zone: "UTC" } })
    // @ts-expect-error nor has a test that does not say it
    void mount(Clock, { scope: scopeOf })
  })

  it("is declared by who holds it, and takes no more than that one's scope", () => {
    liveView({ public: true, views: [Clock, Plain], render })
    const Admins = liveViews<AdminScope>()({ public: true, render })
    // @ts-expect-error it would be given a scope without rights
    liveView({ public: true, views: [Admins], render })
    // @ts-expect-error a view whose path has a parameter cannot be nested
    liveView({ public: true, views: [Item], render })
    const fetchScope: Plug<object, { scope: Scope }> = (conn, next) =>
      next(conn.assign({ scope: scopeOf }))
    scope("/", pipeline(fetchScope), [
      liveSession("one", { views: [Clock], onMount: [() => {}] }, [live(path.home, Plain)]),
      get(path.home, async (conn: Conn<{ scope: Scope }>) => {
        const view = await liveRender(conn, Plain, { id: "plain", secret: "s" })
        return conn.page({ title: "", content: view })
      }),
    ])
  })
})

describe("listening and the page's side", () => {
  it("hears topics of any message early, and handles them typed", () => {
    const ticked = topic("ticked", z.number())
    liveView({
      public: true,
      mount: ({ listen }) => {
        listen(ticked)
        return { n: 0 }
      },
      subscribe: (_) => [on(ticked, (socket, n) => socket.assign({ n }))],
      render: ({ n }) => html`${n}`,
    })
    clientHook("Draft", {
      open: false,
      mounted() {
        this.pushEvent("opened", { open: this.open })
        // @ts-expect-error what nobody gave the hook
        this.closed
      },
    })
    link({ href: "/logout", method: "delete", csrfToken: "t" })
    // @ts-expect-error what changes something is sent with the page's token
    link({ href: "/logout", method: "delete" })
  })
})
