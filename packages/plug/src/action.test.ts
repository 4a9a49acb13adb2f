import type { StandardSchemaV1 } from "@bennu/core"
import { paths, router } from "@bennu/router"
import { describe, expect, it } from "vitest"
import * as z from "zod"
import {
  accepts,
  action,
  app,
  createConn,
  dispatch,
  get,
  pipeline,
  post,
  Reply,
  requestSource,
  scope,
} from "./index.ts"
import { bodyOf } from "./parsers.ts"

const path = paths({ todo: "/todos/:id", todos: "/todos", either: "/either" })
const inputs = router(
  scope("/", pipeline(accepts("json", "html")), [
    get(
      path.todo,
      action(
        {
          params: z.object({ id: z.coerce.number() }),
          query: z.object({ page: z.string().default("1"), tags: z.array(z.string()).default([]) }),
        },
        (conn, { params, query }) => conn.json({ params, query }),
      ),
    ),
    get(
      path.todos,
      action(
        { headers: z.object({ "x-name": z.string() }), cookies: z.object({ theme: z.string() }) },
        (conn, { headers, cookies }) => conn.json({ headers, cookies }),
      ),
    ),
    post(
      path.todos,
      action({ body: z.object({ title: z.string().min(1) }) }, (conn, { body }) => conn.json(body)),
    ),
    post(
      path.either,
      action(
        { body: { json: z.object({ n: z.number() }), form: z.object({ n: z.coerce.number() }) } },
        (conn, { body }) => conn.json(body),
      ),
    ),
  ]),
)
const served = app(inputs, { development: false })
const ask = async (url: string, init?: RequestInit) => {
  const response = await served.fetch(new Request(`http://localhost${url}`, init))
  return { status: response.status, body: await response.json() }
}
const posted = (url: string, type: string, body: string) =>
  ask(url, { method: "POST", headers: { "content-type": type }, body })

describe("action", () => {
  it("gives its handler what the schemas made of the request", async () => {
    expect(await ask("/todos/7?tags[]=a&x=dropped")).toEqual({
      status: 200,
      body: { params: { id: 7 }, query: { page: "1", tags: ["a"] } },
    })
    const headers = { "X-Name": "ada", cookie: "theme=dark; other=1" }
    expect((await ask("/todos", { headers })).body).toEqual({
      headers: { "x-name": "ada" },
      cookies: { theme: "dark" },
    })
  })
  it("drops what the schema of a body does not name", async () => {
    expect(await posted("/todos", "application/json", '{"title":"a","admin":true}')).toEqual({
      status: 200,
      body: { title: "a" },
    })
    expect(await posted("/todos", "application/x-www-form-urlencoded", "title=a&admin=1")).toEqual({
      status: 200,
      body: { title: "a" },
    })
  })
  it("says what is wrong, and where", async () => {
    expect(await ask("/todos/x")).toMatchObject({
      status: 400,
      body: { code: "ERR_PLUG_INVALID_REQUEST", errors: [{ path: "params.id" }] },
    })
    expect(await posted("/todos", "application/json", '{"title":""}')).toMatchObject({
      status: 422,
      body: { title: "Unprocessable Content", errors: [{ path: "body.title" }] },
    })
    expect(await ask("/todos", { method: "POST" })).toMatchObject({ status: 422 })
  })
  it("tells a list from text", async () => {
    expect((await ask("/todos/1?tags=a")).status).toBe(400)
    expect((await ask("/todos/1?page[]=1")).status).toBe(400)
  })
  it("checks a body by the schema of the type that it was parsed by", async () => {
    expect((await posted("/either", "application/x-www-form-urlencoded", "n=1")).body).toEqual({
      n: 1,
    })
    expect((await posted("/either", "application/json", '{"n":1}')).body).toEqual({ n: 1 })
    expect((await posted("/either", "application/json", '{"n":"1"}')).status).toBe(422)
    expect((await posted("/either", "text/plain", "n=1")).status).toBe(415)
    expect((await posted("/either", "application/json\ta", '{"n":"1"}')).status).toBe(415)
  })
  it("stays synchronous where no schema waits", () => {
    const conn = createConn(requestSource(new Request("http://localhost/todos/7")))
    expect(dispatch(inputs, conn)).toBeInstanceOf(Reply)
  })
  it("stays synchronous with a body that has come already, and decodes it once", async () => {
    const sent = (text: string) => {
      const init = { method: "POST", headers: { "content-type": "application/json" } }
      const source = requestSource(new Request("http://localhost/todos", init))
      return createConn({ ...source, bytes: () => new TextEncoder().encode(text) })
    }
    const conn = sent('{"title":"Rest"}')
    const answer = dispatch(inputs, conn)
    if (!Reply.is(answer)) throw new Error("it is a promise")
    expect(answer.body).toBe('{"title":"Rest"}')
    expect(await bodyOf(conn)).toBe(await bodyOf(conn))
    expect(String(Buffer.from(await conn.bytes()))).toBe('{"title":"Rest"}')
    const broken = sent("{")
    expect(await dispatch(inputs, broken)).toMatchObject({ status: 400 })
    await expect(bodyOf(broken)).rejects.toMatchObject({ code: "ERR_PLUG_MALFORMED" })
  })
  it("takes any Standard Schema, also one that waits", async () => {
    const slow: StandardSchemaV1<unknown, number> = {
      "~standard": {
        version: 1,
        vendor: "own",
        validate: async (value) =>
          value === undefined ? { issues: [{ message: "missing" }] } : { value: 7 },
      },
    }
    const routes = router(
      post(
        path.todos,
        action({ query: slow, body: slow }, (conn, input) => conn.json(input)),
      ),
    )
    const send = (body: string | null) =>
      app(routes).fetch(new Request("http://localhost/todos", { method: "POST", body }))
    expect(await (await send("x")).json()).toEqual({ query: 7, body: 7 })
    expect((await send(null)).status).toBe(422)
  })
})
