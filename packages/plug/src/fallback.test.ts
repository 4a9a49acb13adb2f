import { BennuError, err, type Issue, ok, type Result } from "@bennu/core"
import { html } from "@bennu/html"
import { paths, router } from "@bennu/router"
import { describe, expect, it } from "vitest"
import * as z from "zod"
import { action, app, fallback, get, post, respond } from "./index.ts"

// a context as apps write it: it has never heard of the web
interface Todo {
  readonly id: string
  readonly title: string
}
interface TodoChangeset {
  readonly errors: readonly Issue[]
}
class QuotaError extends BennuError {
  readonly code = "quota"
  constructor() {
    super("ten todos are enough")
  }
}
const fetchTodo = async (id: string): Promise<Result<Todo, "not_found">> =>
  id === "1" ? ok({ id, title: "Write" }) : err("not_found")
function create(title: string): Result<Todo, TodoChangeset | QuotaError> {
  if (title === "full") return err(new QuotaError())
  if (title === "") return err({ errors: [{ message: "can't be blank", path: ["title"] }] })
  return ok({ id: "2", title })
}

const errors = fallback<"not_found" | TodoChangeset | QuotaError>({
  not_found: 404,
  invalid: 422,
  quota: (error, conn) => conn.text(error.message).withStatus(409),
})
const path = paths({ todo: "/todos/:id", todos: "/todos", own: "/own" })
const body = z.object({ title: z.string() })
const { fetch } = app(
  router(
    get(
      path.todo,
      action({ params: z.object({ id: z.string() }) }, (_, { params }) => fetchTodo(params.id), {
        html: (todo) => html`<h1>${todo.title}</h1>`,
        json: (todo) => todo,
        errors,
      }),
    ),
    post(
      path.todos,
      action({ body }, (_, { body }) => create(body.title), {
        status: 201,
        html: (todo, conn) => conn.redirect(path.todo({ id: todo.id })),
        json: (todo) => todo,
        errors,
      }),
    ),
    post(
      path.own,
      action({ body }, (_, { body }) => create(body.title), {
        json: (todo) => todo,
        errors: {
          invalid: { status: 422, html: () => html`form`, json: ({ errors }) => errors },
          quota: 409,
        },
      }),
    ),
  ),
  { development: false },
)
const ask = async (url: string, accept: string, title?: string) => {
  const response = await fetch(
    new Request(`https://app.example${url}`, {
      headers: { accept, "content-type": "application/json" },
      ...(title === undefined ? {} : { method: "POST", body: JSON.stringify({ title }) }),
    }),
  )
  const type = response.headers.get("content-type")
  return { status: response.status, type, text: await response.text() }
}
const J = "application/json"

describe("an action that returns a Result", () => {
  it("shows its value as a page or as JSON", async () => {
    expect(await ask("/todos/1", "text/html")).toMatchObject({ text: "<h1>Write</h1>" })
    expect(await ask("/todos/1", J)).toMatchObject({ text: '{"id":"1","title":"Write"}' })
  })
  it("gives its status to what its views make, and leaves their own answers alone", async () => {
    expect(await ask("/todos", J, "Ship")).toMatchObject({ status: 201 })
    expect(await ask("/todos", "text/html", "Ship")).toMatchObject({ status: 302 })
  })
  it("answers an error by the status that the fallback gives it, as page or problem", async () => {
    expect(await ask("/todos/7", "text/html")).toMatchObject({
      status: 404,
      type: "text/html; charset=utf-8",
    })
    const problem = await ask("/todos/7", J)
    expect(problem).toMatchObject({ status: 404, type: "application/problem+json" })
    expect(JSON.parse(problem.text)).toMatchObject({ code: "not_found", detail: "not found" })
  })
  it("tells what is wrong with a changeset, part by part", async () => {
    const { status, text } = await ask("/todos", J, "")
    expect(status).toBe(422)
    expect(JSON.parse(text)).toMatchObject({
      code: "invalid",
      errors: [{ path: "title", message: "can't be blank" }],
    })
  })
  it("leaves an error to a function, or to views of its own", async () => {
    expect(await ask("/todos", J, "full")).toMatchObject({
      status: 409,
      text: "ten todos are enough",
    })
    expect(await ask("/own", "text/html", "")).toMatchObject({ status: 422, text: "form" })
    expect(await ask("/own", J, "")).toMatchObject({ status: 422 })
    const full = await ask("/own", J, "full")
    expect(JSON.parse(full.text)).toMatchObject({ status: 409, detail: "ten todos are enough" })
  })
  it("shares the context with whoever else asks: a live view reads the same Result", () => {
    const assigns = (title: string) => {
      const result = create(title)
      return result.ok ? { todo: result.value } : { error: result.error }
    }
    expect(assigns("Ship")).toEqual({ todo: { id: "2", title: "Ship" } })
    expect(assigns("")).toEqual({ error: { errors: [expect.anything()] } })
  })
})

describe("fallback", () => {
  it("takes names of Object.prototype for nothing, and the unknown for a fault of ours", () => {
    const lax = fallback<string>({} as never)
    for (const name of ["constructor", "toString", "__proto__", "other"]) {
      expect(() => lax(name, {} as never)).toThrow(expect.objectContaining({ status: 500 }))
    }
  })
})

describe("respond", () => {
  it("answers with a Result inside of any handler", async () => {
    const served = app(
      router(
        get(path.todos, async (conn) =>
          respond(conn, await fetchTodo("1"), { json: ({ title }) => title, errors }),
        ),
      ),
    )
    const response = await served.fetch(new Request("https://app.example/todos"))
    expect(await response.text()).toBe('"Write"')
  })
})
