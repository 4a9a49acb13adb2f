import { err, ok, type Result } from "@bennu/core"
import { paths } from "@bennu/router"
import { expectTypeOf, test } from "vitest"
import * as z from "zod"
import { client, type Refusal } from "./client.ts"
import { action, type Conn, only } from "./index.ts"

const path = paths({
  list: "/todos",
  show: "/todos/:id",
  add: "POST /todos",
  plain: "/plain/:name",
  searched: { path: "/search", query: z.object({ q: z.string() }) },
})
const Todo = z.object({ id: z.number(), title: z.string(), at: z.date() })
type Failure = "not_found" | { readonly code: "archived" }
const find = (): Result<z.infer<typeof Todo>, Failure> => err("not_found")
const api = {
  list: action(
    { query: z.object({ limit: z.coerce.number().default(20), owner: z.string() }) },
    () => ok({ todos: ["a"] }),
    { json: (value) => value, errors: {} },
  ),
  show: action({ params: z.object({ id: z.string() }) }, find, {
    json: only(Todo),
    errors: { not_found: 404, archived: 410 },
  }),
  add: action({ body: z.object({ title: z.string(), done: z.boolean().default(false) }) }, (conn) =>
    conn.json({}),
  ),
  plain: (conn: Conn<{}, "name">) => conn.text(conn.params.name),
  searched: (conn: Conn) => conn.text(""),
}
const todos = client<typeof api, typeof path>(path)

test("answers are what views show, as JSON brings it over", async () => {
  const shown = await todos.show({ params: { id: 1 } })
  if (shown.ok) {
    expectTypeOf(shown.value.id).toEqualTypeOf<number>()
    expectTypeOf(shown.value.at).toEqualTypeOf<string>()
    // @ts-expect-error what only() keeps back is not there
    shown.value.secret
  } else {
    expectTypeOf(shown.error).toEqualTypeOf<Refusal<"not_found" | "archived">>()
    if (shown.error.code === "not_found") expectTypeOf(shown.error.status).toEqualTypeOf<number>()
  }
  const listed = await todos.list({ query: { owner: "ada" } })
  if (listed.ok) expectTypeOf(listed.value.todos).toEqualTypeOf<readonly string[]>()
  const plain = await todos.plain({ params: { name: "x" } })
  if (plain.ok) expectTypeOf(plain.value).toEqualTypeOf<unknown>()
})

test("a call asks for what its route asks for", () => {
  todos.list({ query: { owner: "ada", limit: "5" }, signal: AbortSignal.abort() })
  todos.add({ body: { title: "Ship it" } })
  todos.add({ body: new FormData() })
  todos.searched({ query: { q: "x" } })
  // @ts-expect-error the path names a parameter
  todos.show()
  // @ts-expect-error by its name
  todos.show({ params: { slug: "a" } })
  // @ts-expect-error a list has no parameter
  todos.list({ params: { id: 1 }, query: { owner: "ada" } })
  // @ts-expect-error the action's query has to have an owner
  todos.list({ query: {} })
  // @ts-expect-error which is text
  todos.list({ query: { owner: 7 } })
  // @ts-expect-error the body has to be there
  todos.add()
  // @ts-expect-error and to be what the schema takes
  todos.add({ body: { title: 7 } })
  // @ts-expect-error the path's own query counts where the handler declares none
  todos.searched({ query: { q: 7 } })
  // @ts-expect-error no route has this name
  todos.missing()
})

test("a handler without a path is not to be asked for", () => {
  const one = paths({ list: "/todos" })
  // @ts-expect-error the table has no path for the others
  client<typeof api, typeof one>(one)
})
