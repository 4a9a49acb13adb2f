import { html } from "@bennu/html"
import { describe, expect, it } from "vitest"
import { createConn, requestSource, type Source } from "./index.ts"

const conn = (url = "https://example.com/posts/1?tag[]=a&tag[]=b", init?: RequestInit) =>
  createConn(requestSource(new Request(url, init)), { params: { id: "1" } })

describe("Conn", () => {
  it("tells about the request", () => {
    const { method, path, origin, params, query, transport, url } = conn()
    expect({ method, path, origin, params, transport, href: url.href }).toEqual({
      method: "GET",
      path: "/posts/1",
      origin: "https://example.com",
      params: { id: "1" },
      transport: "http",
      href: "https://example.com/posts/1?tag[]=a&tag[]=b",
    })
    expect(query).toEqual({ tag: ["a", "b"] })
  })

  it("is not changed by assigning", () => {
    const before = conn()
    const first = before.assign({ user: "ada", role: "guest" })
    const second = first.assign({ role: "admin" }).assign({ locale: "en" })
    expect(before.assigns).toEqual({})
    expect(first.assigns).toEqual({ user: "ada", role: "guest" })
    expect({ ...second.assigns }).toEqual({ user: "ada", role: "admin", locale: "en" })
    expect(second.assign({ user: "bob" }).assigns.user).toBe("bob")
  })

  it("shares what plugs keep among all conns of one request", () => {
    const key = Symbol("mine")
    const before = conn()
    before.assign({ a: 1 }).private.set(key, "kept")
    expect(before.private.get(key)).toBe("kept")
    expect(conn().private.has(key)).toBe(false)
  })

  it("asks the source for nothing before it is needed", () => {
    const untouchable = (): never => {
      throw new Error("read too early")
    }
    const source: Source = {
      method: "GET",
      target: "/",
      origin: "http://localhost",
      header: untouchable,
      headers: untouchable,
      remoteAddress: "192.0.2.1",
      body: untouchable,
      signal: new AbortController().signal,
    }
    const lazy = createConn(source)
    expect(lazy.assign({ a: 1 }).text(lazy.remoteAddress ?? "").body).toBe("192.0.2.1")
  })

  it("reads the body as often as it is asked", async () => {
    const posted = conn("https://example.com/", { method: "POST", body: '{"a":1}' })
    expect(Buffer.from(await posted.bytes()).toString()).toBe('{"a":1}')
    expect(Buffer.from(await posted.bytes()).toString()).toBe('{"a":1}')
    expect(await posted.request.json()).toEqual({ a: 1 })
    const other = conn("https://example.com/", { method: "POST", body: "x" })
    expect(other.request.method).toBe("POST")
    expect(Buffer.from(await other.bytes()).toString()).toBe("x")
    expect(await other.request.text()).toBe("x")
  })

  it("gives no more of a body than its limit", async () => {
    const request = new Request("https://example.com/", { method: "POST", body: "x".repeat(11) })
    const limited = createConn(requestSource(request), { maxBodySize: 10 })
    await expect(limited.request.text()).rejects.toMatchObject({
      code: "ERR_PLUG_PAYLOAD_TOO_LARGE",
    })
    const enough = new Request("https://example.com/", { method: "POST", body: "x".repeat(10) })
    const whole = createConn(requestSource(enough), { maxBodySize: 10 })
    expect(await whole.request.text()).toHaveLength(10)
  })

  it("gives a megabyte as bytes and eight as a request, where nobody says how much", async () => {
    const posted = (length: number) =>
      conn("https://example.com/", { method: "POST", body: new Uint8Array(length) })
    const refused = { code: "ERR_PLUG_PAYLOAD_TOO_LARGE" }
    expect(await posted(1_048_576).bytes()).toHaveLength(1_048_576)
    await expect(posted(1_048_577).bytes()).rejects.toMatchObject(refused)
    expect((await posted(8_388_608).request.arrayBuffer()).byteLength).toBe(8_388_608)
    await expect(posted(8_388_609).request.arrayBuffer()).rejects.toMatchObject(refused)
  })

  it("refuses to read a body that somebody else has read", async () => {
    const posted = conn("https://example.com/", { method: "POST", body: "x" })
    await posted.request.text()
    expect(() => posted.bytes()).toThrow(/read already/)
  })

  it("answers with html, json, text and redirects", () => {
    const page = conn().html(html`<p>${"a<b"}</p>`)
    expect(page.body).toBe("<p>a&lt;b</p>")
    expect(page.header("content-type")).toBe("text/html; charset=utf-8")
    expect(conn().json({ a: 1 }).body).toBe('{"a":1}')
    expect(() => conn().json(undefined)).toThrow(TypeError)
    expect(conn().text("hi").header("Content-Type")).toBe("text/plain; charset=utf-8")
    const to = conn().redirect("/posts/2?from=%2F")
    expect([to.status, to.header("location"), to.body]).toEqual([302, "/posts/2?from=%2F", null])
  })

  it("redirects with 303 after methods that a browser would repeat", () => {
    expect(conn("https://example.com/", { method: "DELETE" }).redirect("/").status).toBe(303)
    expect(conn("https://example.com/", { method: "POST" }).redirect("/").status).toBe(302)
  })
})
