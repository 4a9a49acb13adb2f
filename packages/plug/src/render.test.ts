import { html } from "@bennu/html"
import { paths, router } from "@bennu/router"
import { describe, expect, it } from "vitest"
import * as z from "zod"
import { accepts, app, createConn, get, only, render, requestSource, scope } from "./index.ts"

const path = paths({ page: "/", csv: "/csv", own: "/own", api: "/api", only: "/only" })
const leaky = { name: "Ada", passwordHash: "x" }
const { fetch } = app(
  router(
    get(path.page, (conn) =>
      render(conn, {
        html: () => ({ title: "Hi", content: html`<p>hi</p>` }),
        json: () => ({ hi: true }),
        text: () => "hi",
      }),
    ),
    get(path.csv, (conn) =>
      render(conn, { html: () => html`table`, "text/csv": () => "a,b" }, { status: 201 }),
    ),
    get(path.own, (conn) =>
      render(conn, { html: () => conn.redirect("/"), json: async () => "later" }),
    ),
    scope("/", accepts("json"), [
      get(path.api, (conn) => render(conn, { html: () => html`page`, json: () => 1 })),
    ]),
    get(path.only, (conn) =>
      render(conn, { json: () => only(z.object({ name: z.string() }))(leaky) }),
    ),
  ),
  { development: false },
)
const ask = async (url: string, accept?: string) => {
  const response = await fetch(
    new Request(`https://app.example${url}`, accept === undefined ? {} : { headers: { accept } }),
  )
  const { status, headers } = response
  const [type, vary] = [headers.get("content-type"), headers.get("vary")]
  return { status, type, vary, text: await response.text() }
}

describe("render", () => {
  it("answers in the format that is liked best, and says what it depends on", async () => {
    expect(await ask("/", "text/html")).toMatchObject({
      status: 200,
      type: "text/html; charset=utf-8",
      vary: "accept",
      text: expect.stringContaining("<title>Hi</title>"),
    })
    expect(await ask("/", "text/html;q=0.5, application/json")).toEqual({
      status: 200,
      type: "application/json; charset=utf-8",
      vary: "accept",
      text: '{"hi":true}',
    })
    expect(await ask("/", "text/plain, text/html;q=0.9")).toMatchObject({ text: "hi" })
    expect((await ask("/")).type).toBe("text/html; charset=utf-8")
  })
  it("knows any media type by its name, and takes a status", async () => {
    expect(await ask("/csv", "text/csv")).toEqual({
      status: 201,
      type: "text/csv; charset=utf-8",
      vary: "accept",
      text: "a,b",
    })
  })
  it("answers 406 where nothing is welcome, which depends on the same header", async () => {
    expect(await ask("/", "image/png")).toMatchObject({ status: 406, vary: "accept" })
    expect(await ask("/csv", "application/json")).toMatchObject({ status: 406 })
  })
  it("takes an answer as a view's own, and a view that has to wait", async () => {
    expect(await ask("/own", "text/html")).toMatchObject({ status: 302, vary: "accept" })
    expect(await ask("/own", "application/json")).toMatchObject({ text: '"later"' })
  })
  it("stays within the formats that the pipeline accepts", async () => {
    expect(await ask("/api", "text/html, */*;q=0.1")).toMatchObject({ text: "1" })
  })
  it("makes no promise for views that need none", () => {
    const conn = createConn(requestSource(new Request("https://app.example/")))
    expect(render(conn, { text: () => "now" })).not.toBeInstanceOf(Promise)
  })
})

describe("only", () => {
  it("lets out what its schema names", async () => {
    expect((await ask("/only")).text).toBe('{"name":"Ada"}')
  })
  it("fails for a value that does not fit, instead of showing it", async () => {
    const bad: { name: string } = JSON.parse("{}")
    expect(() => only(z.object({ name: z.string() }))(bad)).toThrow(
      expect.objectContaining({ code: "ERR_PLUG_RESPONSE_SCHEMA", status: 500 }),
    )
  })
})
