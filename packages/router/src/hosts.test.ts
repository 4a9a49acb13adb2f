import { describe, expect, it } from "vitest"
import { route, router } from "./index.ts"

const hosts = router(
  route("GET", "/", "any"),
  route("GET", "/health", "any health"),
  route("GET", "/", "api", { host: "api.example.com" }),
  route("GET", "/", "tenant", { host: "*.example.com" }),
  route("GET", "/", "deep", { host: "*.eu.example.com" }),
  route("POST", "/", "post", { host: "*.com" }),
  route("GET", "/", "local", { host: "[::1]" }),
)
const asked = (host: string | undefined, path = "/", verb = "GET") =>
  hosts.match(verb, path, host)?.handler

describe("a route with a host", () => {
  it.each([
    ["api.example.com", "api"],
    ["API.Example.COM", "api"],
    ["api.example.com:4000", "api"],
    ["api.example.com.", "api"],
    ["acme.example.com", "tenant"],
    ["a.b.example.com", "tenant"],
    ["acme.eu.example.com", "deep"],
    ["eu.example.com", "tenant"],
    ["example.com", "any"],
    ["api.example.com.evil.test", "any"],
    ["evil-example.com", "any"],
    ["[::1]:4000", "local"],
    ["", "any"],
    [undefined, "any"],
    [".", "any"],
    ["__proto__", "any"],
    [`${"a.".repeat(500)}example.com`, "any"],
  ])("is found for %j: %s", (host, handler) => {
    expect(asked(host)).toBe(handler)
  })

  it("leaves what it does not answer to less exact hosts", () => {
    expect(asked("api.example.com", "/health")).toBe("any health")
    expect(asked("api.example.com", "/", "POST")).toBe("post")
    expect(asked("example.org", "/", "POST")).toBeUndefined()
  })

  it("counts for what a path would answer to", () => {
    expect(hosts.allowed("/", "acme.example.com")).toEqual(["GET", "HEAD", "POST"])
    expect(hosts.allowed("/", "example.org")).toEqual(["GET", "HEAD"])
    expect(hosts.allowed("/")).toEqual(["GET", "HEAD"])
  })

  it("gets its host from its group, unless it has one itself", () => {
    const made = router({
      host: "api.example.com",
      routes: [route("GET", "/", 1), route("GET", "/", 2, { host: "example.com" })],
    })
    expect(made.match("GET", "/", "api.example.com")?.handler).toBe(1)
    expect(made.match("GET", "/", "example.com")?.handler).toBe(2)
    expect(made.match("GET", "/")).toBeNull()
  })

  it.each([
    "api.example.com:80",
    "API.example.com",
    "*",
    "*.",
    "a.*.com",
    "a..b",
    "",
    "exämple.com",
  ])("refuses the host %j", (host) => {
    expect(() => router(route("GET", "/", 0, { host }))).toThrow(
      expect.objectContaining({ code: "ERR_ROUTER_PATTERN", pattern: host }),
    )
  })
})
