import { expectTypeOf, it } from "vitest"
import {
  type Address,
  match,
  type Path,
  paths,
  query,
  resourcePaths,
  resources,
  route,
  router,
  staticPaths,
  ToParam,
  type Verb,
} from "./index.ts"

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

it("a value that says how it stands in an address is a parameter", () => {
  path.todo({ id: { [ToParam]: () => "a" } })
  // @ts-expect-error it does not say
  path.todo({ id: { id: 1 } })
})

it("a listed parameter takes its values, and a query what its schema takes", () => {
  const local = paths(
    {
      home: "/:locale",
      post: "/:locale/posts/:id",
      list: { path: "/:locale/posts", query: query<{ filter?: "all" | "open" }>() },
      search: { path: "GET /search", query: query<{ q: string }>() },
    },
    { oneOf: { locale: ["en", "de"] } },
  )
  local.home({ locale: "en" })
  local.post({ locale: "de", id: 1 })
  local.list({ locale: "de" })
  local.list({ locale: "de" }, { filter: "open" })
  local.search({ q: "a" })
  // @ts-expect-error not a declared locale
  local.home({ locale: "fr" })
  // @ts-expect-error not a filter
  local.list({ locale: "de" }, { filter: "closed" })
  // @ts-expect-error not in the query
  local.list({ locale: "de" }, { page: 1 })
  // @ts-expect-error the query needs it
  local.search()
  route("GET", local.search, 0)
  // @ts-expect-error it is for GET
  route("POST", local.search, 0)
  // @ts-expect-error it is for GET
  match(["GET", "POST"], local.search, 0)
  // @ts-expect-error it is for GET
  match("*", local.search, 0)
})

it("a resource has the paths of its actions", () => {
  const comments = resources("/comments", { index: 1, show: 2 })
  const posts = resources("/posts", { show: 1, create: 2 }, { param: "post", nested: { comments } })
  expectTypeOf(posts.paths.show).toEqualTypeOf<Address<"post", "GET">>()
  expectTypeOf(posts.paths.create).toEqualTypeOf<Address<never, "POST">>()
  expectTypeOf(posts.paths.comments.index).toEqualTypeOf<Address<"post", "GET">>()
  expectTypeOf(posts.paths.comments.show).toEqualTypeOf<Address<"post" | "id", "GET">>()
  expectTypeOf(router(posts).match("GET", "/")?.handler).toEqualTypeOf<number | undefined>()
  // @ts-expect-error it has no such action
  posts.paths.edit({ post: 1 })
  // @ts-expect-error it needs its own parameter too
  posts.paths.comments.show({ post: 1 })

  const account = resourcePaths("/account", { singleton: true, except: ["delete"] })
  account.show()
  // @ts-expect-error there is only one
  account.index()
  // @ts-expect-error left out
  account.delete()
  resources(resourcePaths("/tags", { only: ["index"] }), { index: 1 })
  // @ts-expect-error it has no handler
  resources(resourcePaths("/tags", { only: ["index", "show"] }), { index: 1 })
  // @ts-expect-error no action of a resource
  resources("/tags", { remove: 1 })
})

it("a static file is one that the build made", () => {
  const file = staticPaths({ "app.css": "app-1.css", "app.js": { file: "app-2.js" } })
  expectTypeOf(file("app.css")).toEqualTypeOf<string>()
  file("app.js")
  // @ts-expect-error the build made no such file
  file("app.scss")
  // what is read at run time names its files then
  const read: Readonly<Record<string, string>> = {}
  expectTypeOf(staticPaths(read)).parameter(0).toEqualTypeOf<string>()
})
