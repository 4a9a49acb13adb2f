import type { Issue, Result } from "@bennu/core"
import { html } from "@bennu/html"
import { paths } from "@bennu/router"
import { describe, it } from "vitest"
import * as z from "zod"
import { action, type BareConn, type Conn, fallback, only, post, render } from "./index.ts"

interface Todo {
  readonly id: string
  readonly secret: string
}
type Changeset = { readonly errors: readonly Issue[] }
type Full = { readonly code: "full"; readonly limit: number }
declare const create: () => Result<Todo, Changeset | Full>
declare const conn: BareConn
const path = paths({ todo: "/todos/:id", todos: "/todos" })

describe("fallback", () => {
  it("answers every error that is declared, and knows each one's type", () => {
    fallback<Changeset | Full | "gone">({
      invalid: { status: 422, json: ({ errors }) => errors },
      full: ({ limit }, conn) => conn.text(limit.toFixed()),
      gone: 410,
    })
    // @ts-expect-error a new error without an answer
    fallback<Changeset | Full>({ invalid: 422 })
    // @ts-expect-error an answer to an error that does not exist
    fallback<Full>({ full: 409, gone: 410 })
    // @ts-expect-error an error that nobody could name
    fallback<{ readonly why: string }>({})
  })
  it("serves where fewer errors may come, and not where more may", () => {
    const all = fallback<Changeset | Full | "gone">({ invalid: 422, full: 409, gone: 410 })
    const few = fallback<Changeset>({ invalid: 422 })
    action({}, () => create(), { json: (todo) => todo.id, errors: all })
    // @ts-expect-error the context may return Full as well
    action({}, () => create(), { json: (todo) => todo.id, errors: few })
    // @ts-expect-error so it does where the errors stand in place
    action({}, () => create(), { json: (todo) => todo.id, errors: { invalid: 422 } })
  })
})

describe("an action with answers", () => {
  it("types the views by what its handler returns, and the conn by its scope and path", () => {
    post(
      path.todo,
      action(
        { params: z.object({ id: z.string() }) },
        (conn: Conn<{ user: string }, "id">) => {
          conn.assigns.user.trim()
          return create()
        },
        {
          html: (todo, conn) => html`${todo.id} of ${conn.assigns.user}`,
          // @ts-expect-error what the value does not have
          json: (todo) => todo.title,
          errors: { invalid: 422, full: 409 },
        },
      ),
    )
    // @ts-expect-error errors are answered somewhere
    action({}, () => create(), { json: (todo) => todo.id })
    // @ts-expect-error a Result is no answer by itself
    action({}, () => create())
  })
})

describe("render", () => {
  it("takes for each format what it is made of", () => {
    render(conn, { html: () => html``, json: () => 1, "text/csv": () => "a,b" })
    // @ts-expect-error text is no markup
    render(conn, { html: () => "<b>hi</b>" })
    // @ts-expect-error markup is known by its brand and not by its shape
    render(conn, { html: () => ({ statics: ["<b>"], dynamics: [] }) })
    // @ts-expect-error an unknown format
    render(conn, { xml: () => "" })
  })
})

describe("only", () => {
  it("asks for a value that has what the schema names", () => {
    const shown = only(z.object({ id: z.string() }))
    shown({ id: "1" })
    // @ts-expect-error there is no title to show
    only(z.object({ title: z.string() }))({ id: "1" })
  })
})
