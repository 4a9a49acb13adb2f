import { html } from "@bennu/html"
import { paths } from "@bennu/router"
import { describe, it } from "vitest"
import * as z from "zod"
import {
  accepts,
  action,
  type Conn,
  fallback,
  get,
  type Plug,
  pipeline,
  post,
  protectFromForgery,
  render,
  scope,
  secureHeaders,
  session,
} from "./index.ts"
import { rate } from "./rate.ts"

// What plug promises about types, a line for each mistake.

interface User {
  readonly id: string
}
declare const fetchUser: Plug<{}, { user: User | null }>
declare const requireUser: Plug<{ user: User | null }, { user: User }>
declare const dropUser: Plug<{}, { user: null }>
declare const store: Parameters<typeof rate>[0]["store"]
declare const conn: Conn
const secret = "s".repeat(64)
const path = paths({ home: "/", todo: "/todos/:id", create: "POST /todos" })
const greet = (conn: Conn<{ user: User }>) => conn.text(conn.assigns.user.id)

describe("Type guarantees", () => {
  it("a forgotten plug", () => {
    scope("/", pipeline(fetchUser, requireUser), [get(path.home, greet)])
    // @ts-expect-error requireUser is forgotten
    scope("/", pipeline(fetchUser), [get(path.home, greet)])
    // @ts-expect-error requireUser needs fetchUser before it
    scope("/", pipeline(requireUser), [get(path.home, greet)])
    // @ts-expect-error the token is compared with a session
    pipeline(accepts("html"), protectFromForgery(), session({ secret }))
    // @ts-expect-error an action is a handler like others: its conn has what the scope assigns
    scope("/", fetchUser, [get(path.home, action({}, greet))])
    const api = { store, name: "api", limit: 1, period: "1s" } as const
    const byUser = rate({ ...api, key: (conn: Conn<{ user: User }>) => conn.assigns.user.id })
    pipeline(fetchUser, requireUser, byUser)
    // @ts-expect-error nobody has been let in whose requests could be counted
    pipeline(fetchUser, byUser)
    pipeline(
      rate(api),
      fetchUser,
      requireUser,
      rate({ ...api, key: (conn: Conn<{ user: User }>) => conn.assigns.user.id }),
    )
    const inPlace = { ...api, key: (conn: Conn<{ user: User }>) => conn.assigns.user.id }
    // @ts-expect-error so it is where the plug is made in place
    pipeline(fetchUser, rate(inPlace))
  })
  it("two plugs that contradict one another", () => {
    // @ts-expect-error the later one takes away what the handler needs
    scope("/", pipeline(fetchUser, requireUser, dropUser), [get(path.home, greet)])
    const admin: Plug<{ user: User }> = (conn, next) => next(conn)
    // @ts-expect-error and what a plug behind it needs
    pipeline(fetchUser, requireUser, dropUser, admin)
    // @ts-expect-error an outer pipeline does not make up for an inner one
    scope("/", pipeline(fetchUser, requireUser), [scope("/", dropUser, [get(path.home, greet)])])
  })
  it("a missing parameter of a path", () => {
    get(path.todo, (conn) => conn.text(conn.params.id))
    // @ts-expect-error this path names no id
    get(path.home, (conn) => conn.text(conn.params.id))
    const show = action({ params: z.object({ id: z.string() }) }, (conn, { params }) =>
      conn.text(params.id),
    )
    // @ts-expect-error nor does it for an action
    get(path.home, show)
    // @ts-expect-error an address lacks it
    path.todo()
  })
  it("a wrong verb", () => {
    post(path.create, (conn) => conn.text(""))
    // @ts-expect-error what creates is a POST
    get(path.create, (conn) => conn.text(""))
  })
  it("markup by its shape", () => {
    conn.html(html`<p>hi`)
    // @ts-expect-error text is no markup
    conn.html("<p>hi")
    // @ts-expect-error nor is what looks like a template
    conn.html({ strings: ["<p>hi"], values: [] })
    // @ts-expect-error nor is it inside of a layout
    conn.page({ title: "", content: "<p>hi" })
    // @ts-expect-error nor as a view
    render(conn, { html: () => "<p>hi" })
    // @ts-expect-error and what looks like an answer is none
    get(path.home, () => ({ status: 200, headers: [], body: "<p>hi" }))
  })
  it("an error without an answer", () => {
    // @ts-expect-error the second one is forgotten
    fallback<"gone" | "taken">({ gone: 410 })
  })
  it("a mistyped option", () => {
    // @ts-expect-error hst
    secureHeaders({ hst: false })
    // @ts-expect-error limt
    rate({ store, name: "a", limt: 1, period: "1s" })
  })
})
