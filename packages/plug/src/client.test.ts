import { err, ok, type Result } from "@bennu/core"
import { paths, resourcePaths, router } from "@bennu/router"
import { build } from "esbuild"
import { describe, expect, expectTypeOf, it } from "vitest"
import * as z from "zod"
import { client } from "./client.ts"
import {
  type Answer,
  action,
  app,
  type Conn,
  fallback,
  get,
  only,
  pipeline,
  post,
  put,
  resources,
  scope,
} from "./index.ts"

const path = paths({
  list: "/todos",
  show: "/todos/:id",
  add: "POST /todos",
  replace: "PUT /todos/:id",
  odd: "/odd/:how",
})
const Todo = z.object({ id: z.string(), title: z.string() })
type Failure = "not_found"
const errors = fallback<Failure>({ not_found: 404 })
const find = (id: string): Result<{ id: string; title: string; secret: string }, Failure> =>
  id === "a b&c" ? ok({ id, title: "Ship it", secret: "s" }) : err("not_found")

const api = {
  list: action(
    { query: z.object({ tags: z.array(z.string()), page: z.object({ size: z.string() }) }) },
    (conn, { query }) => conn.json(query),
  ),
  show: action({ params: z.object({ id: z.string() }) }, (_, { params }) => find(params.id), {
    json: only(Todo),
    errors,
  }),
  add: action({ body: z.object({ title: z.string().min(1) }) }, (conn, { body }) =>
    conn
      .json({ ...body, as: conn.header("content-type"), by: conn.header("x-by") })
      .withStatus(201),
  ),
  replace: (conn: Conn<{}, "id">) => conn.text(`replaced ${conn.params.id}`),
  odd: (conn: Conn<{}, "how">): Answer => {
    if (conn.params.how === "nothing") return conn.text("").withStatus(204)
    if (conn.params.how === "long") return conn.text("x".repeat(2_000))
    if (conn.params.how === "broken")
      return conn.text("{").withHeader("content-type", "application/json")
    return conn.json({ errors: { body: ["no"] } }).withStatus(422)
  },
}
const { fetch } = app(
  router(
    get(path.list, api.list),
    get(path.show, api.show),
    post(path.add, api.add),
    put(path.replace, api.replace),
    get(path.odd, api.odd),
  ),
  { development: false },
)
const todos = client<typeof api, typeof path>(path, {
  baseUrl: "http://localhost/",
  fetch,
  headers: { "x-by": "a test" },
  maxBytes: 1_000,
})

describe("client", () => {
  it("asks by the verb of a path, with what it links to and encodes as links do", async () => {
    const query = { tags: ["a b", "c&d"], page: { size: "10" } }
    expect(await todos.list({ query })).toEqual({ ok: true, value: query })
    expect(await todos.show({ params: { id: "a b&c" } })).toEqual({
      ok: true,
      value: { id: "a b&c", title: "Ship it" },
    })
    expect(await todos.replace({ params: { id: 7 } })).toEqual({ ok: true, value: "replaced 7" })
  })
  it("sends bodies as JSON, and forms as they are", async () => {
    expect(await todos.add({ body: { title: "Ship it" } })).toEqual({
      ok: true,
      value: { title: "Ship it", as: "application/json", by: "a test" },
    })
    const form = await todos.add({
      body: new URLSearchParams({ title: "Form" }),
      headers: { "X-By": "this call" },
    })
    expect(form).toMatchObject({ value: { title: "Form", by: "this call" } })
  })
  it("gives what is refused as a Result, by status and problem", async () => {
    const missing = await todos.show({ params: { id: "2" } })
    expect(missing).toMatchObject({
      ok: false,
      error: { status: 404, code: "not_found", problem: { title: "Not Found" } },
    })
    const invalid = await todos.add({ body: { title: "" } })
    expect(invalid).toMatchObject({
      error: { status: 422, problem: { errors: [{ path: "body.title" }] } },
    })
  })
  it("copes with answers of other kinds", async () => {
    expect(await todos.odd({ params: { how: "nothing" } })).toEqual({ ok: true, value: null })
    expect(await todos.odd({ params: { how: "own" } })).toMatchObject({
      ok: false,
      error: { status: 422, code: null, problem: null, body: { errors: { body: ["no"] } } },
    })
    const code = "ERR_PLUG_CLIENT"
    await expect(todos.odd({ params: { how: "long" } })).rejects.toMatchObject({ code })
    await expect(todos.odd({ params: { how: "broken" } })).rejects.toMatchObject({ code })
  })
  it("believes no problem that only says it were one", async () => {
    for (const body of ["null", "[]", `{"code":7}`, "{", ""]) {
      const headers = { "content-type": "application/problem+json" }
      const answering = async () => new Response(body, { status: 500, headers })
      const asking = client<typeof api, typeof path>(path, {
        baseUrl: "http://localhost",
        fetch: answering,
      })
      expect(await asking.show({ params: { id: "1" } })).toMatchObject({
        ok: false,
        error: { status: 500, code: null, problem: null },
      })
    }
  })
  it("stops when its signal aborts, and rejects when the network fails", async () => {
    const waiting = client<typeof api, typeof path>(path, {
      baseUrl: "http://localhost",
      fetch: ({ signal }) =>
        new Promise((_, reject) => {
          if (signal.aborted) reject(signal.reason)
          signal.addEventListener("abort", () => reject(signal.reason))
        }),
    })
    const controller = new AbortController()
    const answer = waiting.show({ params: { id: "1" }, signal: controller.signal })
    controller.abort(new Error("gone"))
    await expect(answer).rejects.toThrow("gone")
    const failing = client<typeof api, typeof path>(path, {
      baseUrl: "http://localhost",
      fetch: () => Promise.reject(new TypeError("fetch failed")),
    })
    await expect(failing.show({ params: { id: "1" } })).rejects.toThrow("fetch failed")
  })
  it("lets no parameter lead elsewhere", async () => {
    for (const id of ["..", "", "."])
      await expect(todos.show({ params: { id } })).rejects.toMatchObject({
        code: "ERR_ROUTER_PATH_PARAMETER",
      })
  })
  it("asks for a resource by the verbs of its actions", async () => {
    const seen: string[] = []
    const posts = resourcePaths("/posts", { only: ["index", "create", "update", "delete"] })
    const plain = { index: 0, create: 0, update: 0, delete: 0 }
    const asking = client<typeof plain, typeof posts>(posts, {
      baseUrl: "http://localhost",
      fetch: async ({ method, url }) => {
        seen.push(`${method} ${new URL(url).pathname}`)
        return Response.json(null)
      },
    })
    await asking.index()
    await asking.create({ body: {} })
    await asking.update({ params: { id: 1 }, body: {} })
    await asking.delete({ params: { id: 1 } })
    expect(seen).toEqual(["GET /posts", "POST /posts", "PATCH /posts/1", "DELETE /posts/1"])
  })
  it("asks for resources that stand in a table beside other paths, and in one another", async () => {
    const comments = resourcePaths("/comments", { only: ["index"] })
    const posts = resourcePaths("/posts", { only: ["show"], param: "post", nested: { comments } })
    const table = { ...path, posts }
    const handlers = {
      list: api.list,
      posts: {
        show: action({ params: z.object({ post: z.string() }) }, (_, { params }) => ok(params), {
          json: only(z.object({ post: z.string() })),
          errors: {},
        }),
        comments: { index: (conn: Conn<{}, "post">) => conn.json(`of ${conn.params.post}`) },
      },
    }
    const { fetch } = app(
      router(
        get(table.list, handlers.list),
        scope("/", pipeline(), [
          resources(posts, handlers.posts),
          resources(posts.comments, handlers.posts.comments),
        ]),
      ),
    )
    const asking = client<typeof handlers, typeof table>(table, {
      baseUrl: "http://localhost",
      fetch,
    })
    const post = await asking.posts.show({ params: { post: "7" } })
    if (post.ok) expectTypeOf(post.value.post).toEqualTypeOf<string>()
    expect(post).toEqual({ ok: true, value: { post: "7" } })
    const of = await asking.posts.comments.index({ params: { post: 7 } })
    expect(of).toEqual({ ok: true, value: "of 7" })
    expect((await asking.list({ query: { tags: ["a"], page: { size: "1" } } })).ok).toBe(true)
  })
  it("is bundled for browsers together with paths, and nothing of the server", async () => {
    const { outputFiles, metafile } = await build({
      stdin: {
        contents: `import { paths } from "@bennu/router"; import { client } from "./client.ts"
          globalThis.todos = client(paths({ show: "/todos/:id" }))`,
        resolveDir: import.meta.dirname,
      },
      bundle: true,
      platform: "browser",
      format: "esm",
      conditions: ["@bennu/source"],
      minify: true,
      metafile: true,
      write: false,
    })
    expect(
      Object.values(metafile.inputs).flatMap(({ imports }) =>
        imports.filter(({ external }) => external),
      ),
    ).toEqual([])
    expect(outputFiles[0]?.text.length).toBeLessThan(12_000)
  })
})
