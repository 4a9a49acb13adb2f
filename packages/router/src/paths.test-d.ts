import { expectTypeOf, it } from "vitest"
import { type Address, type Path, paths, type Verb } from "./index.ts"

const path = paths({
  home: "/",
  todo: "/todos/:id",
  nested: "/users/:user/todos/:id",
  file: "/files/*",
  both: "/users/:user/files/*",
  create: "POST /todos",
})

it("a path's type holds its parameters and verbs", () => {
  expectTypeOf(path.home).toEqualTypeOf<Address<never, Verb>>()
  expectTypeOf(path.todo).toEqualTypeOf<Address<"id", Verb>>()
  expectTypeOf(path.nested).toEqualTypeOf<Address<"user" | "id", Verb>>()
  expectTypeOf(path.both).toEqualTypeOf<Address<"user" | "*", Verb>>()
  expectTypeOf(path.create).toEqualTypeOf<Address<never, "POST">>()
})

it("an address needs its parameters, and takes no others", () => {
  path.home()
  path.home({ page: 1 })
  path.todo({ id: "1" }, { page: 1 })
  path.file({ "*": "a/b" })
  // @ts-expect-error the path has a parameter
  path.todo()
  // @ts-expect-error the parameter is called id
  path.todo({ slug: "1" })
  // @ts-expect-error a parameter is never undefined
  path.todo({ id: undefined })
  // @ts-expect-error the rest is not given
  path.file({})
  // @ts-expect-error not in the table
  path.users()
})

it("a pattern starts with a slash", () => {
  // @ts-expect-error no slash
  paths({ todos: "todos" })
  // @ts-expect-error no verb
  paths({ todos: "FETCH /todos" })
})

it("a path may be routed with its verbs only", () => {
  const get = (_path: Path<never, "GET">) => undefined
  get(path.home)
  // @ts-expect-error it is for POST
  get(path.create)
})
