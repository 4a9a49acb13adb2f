import { paths, router } from "@bennu/router"
import { describe, expect, it } from "vitest"
import { type CorsOptions, cors, corsPolicy } from "./cors.ts"
import { app, get, NotFoundError, pipeline, post, scope } from "./index.ts"

const A = "https://a.example"
const request = (headers: Record<string, string>, method = "GET") => ({
  method,
  header: (name: string) => headers[name] ?? null,
})
const decide = (options: CorsOptions, headers: Record<string, string>, method?: string) => {
  const { headers: pairs, ...rest } = corsPolicy(options)(request(headers, method))
  return { ...rest, ...Object.fromEntries(pairs) }
}
const preflight = { origin: A, "access-control-request-method": "PUT" }

describe("corsPolicy", () => {
  it("allows the origins that are listed, exactly", () => {
    const options = { origins: [A] }
    expect(decide(options, { origin: A })).toEqual({
      preflight: false,
      allowed: true,
      vary: "origin",
      "access-control-allow-origin": A,
    })
    for (const origin of [
      "https://a.example.evil",
      "https://evil-a.example",
      "http://a.example",
      "https://a.example:8443",
      "https://A.example",
      "https://a.example/",
      "https://a.example, https://evil.example",
      "null",
      "*",
      "",
      "__proto__",
    ]) {
      expect(decide(options, { origin })).toEqual({
        preflight: false,
        allowed: false,
        vary: "origin",
      })
    }
  })
  it("says that answers vary by origin even to who sends none", () => {
    expect(decide({ origins: [A] }, {})).toMatchObject({ vary: "origin" })
    expect(decide({ origins: "*" }, {})).toMatchObject({ vary: "origin" })
  })
  it("refuses at boot what would let every site read as the visitor", () => {
    expect(() => corsPolicy({ origins: "*", credentials: true })).toThrow(
      expect.objectContaining({ code: "ERR_PLUG_CORS", hint: expect.stringContaining("origins:") }),
    )
  })
  it.each([
    "*",
    "null",
    "a.example",
    "https://a.example/",
    "https://*.example",
    "https://A.example",
  ])("refuses %s in a list at boot", (origin) => {
    expect(() => corsPolicy({ origins: [origin] })).toThrow(
      expect.objectContaining({ code: "ERR_PLUG_CORS" }),
    )
  })
  it("refuses unknown options and names that are none", () => {
    const options = { origins: [A], credential: true }
    expect(() => corsPolicy(options)).toThrow(expect.objectContaining({ code: "ERR_CORE_OPTIONS" }))
    for (const name of ["*", "a b", "a\r\nb", ""]) {
      expect(() => corsPolicy({ origins: [A], headers: [name] })).toThrow()
      expect(() => corsPolicy({ origins: [A], exposed: [name] })).toThrow()
      expect(() => corsPolicy({ origins: [A], methods: [name] })).toThrow()
    }
    expect(() => corsPolicy({ origins: [A], maxAge: Number.NaN })).toThrow()
  })
  it("lets a function decide, but never about null, and never by a promise", () => {
    expect(decide({ origins: () => true }, { origin: "null" })).toMatchObject({ allowed: false })
    expect(decide({ origins: (origin) => origin.endsWith(".a.example") }, { origin: A })).toEqual(
      expect.objectContaining({ allowed: false }),
    )
    const promising = (async () => false) as never
    expect(decide({ origins: promising }, { origin: A })).toMatchObject({ allowed: false })
  })
  it("answers a preflight with what is configured, never with what was asked", () => {
    const options = { origins: [A], credentials: true, headers: ["x-a"], maxAge: "1m" } as const
    const asked = { ...preflight, "access-control-request-headers": "x-evil, origin\r\nx: y" }
    expect(decide(options, asked, "OPTIONS")).toEqual({
      preflight: true,
      allowed: true,
      vary: "origin, access-control-request-method, access-control-request-headers",
      "access-control-allow-origin": A,
      "access-control-allow-credentials": "true",
      "access-control-allow-methods": "GET, HEAD, POST, PUT, PATCH, DELETE",
      "access-control-allow-headers": "x-a",
      "access-control-max-age": "60",
    })
    expect(decide({ origins: [] }, preflight, "OPTIONS")).toEqual({
      preflight: true,
      allowed: false,
      vary: "origin, access-control-request-method, access-control-request-headers",
    })
  })
})

describe("cors", () => {
  const path = paths({ open: "/open", closed: "/closed", missing: "/missing" })
  let handled = 0
  const api = pipeline(cors({ origins: [A], exposed: ["x-total"] }))
  const { fetch } = app(
    router(
      scope("/", api, [
        post(path.open, (conn) => {
          handled++
          return conn.text("hi").withHeader("vary", "accept")
        }),
        get(path.missing, () => {
          throw new NotFoundError()
        }),
      ]),
      post(path.closed, (conn) => conn.text("hi")),
    ),
    { development: false },
  )
  const ask = (url: string, method: string, headers: Record<string, string>) =>
    fetch(new Request(`https://api.example${url}`, { method, headers }))

  it("adds its headers to what is answered, and to what it varies by", async () => {
    const { headers } = await ask("/open", "POST", { origin: A })
    expect(headers.get("access-control-allow-origin")).toBe(A)
    expect(headers.get("access-control-expose-headers")).toBe("x-total")
    expect(headers.get("vary")).toBe("accept, origin")
  })
  it("lets errors be read too", async () => {
    const { status, headers } = await ask("/missing", "GET", { origin: A })
    expect([status, headers.get("access-control-allow-origin"), headers.get("vary")]).toEqual([
      404,
      A,
      "origin",
    ])
  })
  it("answers the preflights of its routes without running anything else", async () => {
    handled = 0
    const asked = { origin: A, "access-control-request-method": "POST" }
    const { status, headers } = await ask("/open", "OPTIONS", asked)
    expect([status, headers.get("access-control-allow-origin"), handled]).toEqual([204, A, 0])
    for (const plain of [
      await ask("/closed", "OPTIONS", asked),
      await ask("/open", "OPTIONS", { origin: A }),
    ]) {
      expect([plain.status, plain.headers.get("access-control-allow-origin")]).toEqual([204, null])
      expect(plain.headers.get("allow")).toMatch(/, OPTIONS$/)
    }
    const evil = await ask("/open", "OPTIONS", { ...asked, origin: "https://evil.example" })
    expect([evil.status, evil.headers.get("access-control-allow-origin")]).toEqual([204, null])
  })
  it("stands around the whole app as well", async () => {
    const whole = app(router(), { before: cors({ origins: [A] }), development: false })
    const response = await whole.fetch(
      new Request("https://api.example/x", { method: "OPTIONS", headers: preflight }),
    )
    expect([response.status, response.headers.get("access-control-max-age")]).toEqual([204, "600"])
  })
})
