import { paths, router } from "@bennu/router"
import { describe, expect, it } from "vitest"
import { app, type ForceHttpsOptions, forceHttps, match } from "./index.ts"

const path = paths({ any: "/*" })
const routes = router(match("*", path.any, (conn) => conn.text("here")))
async function ask(url: string, init: RequestInit = {}, options: ForceHttpsOptions = {}) {
  const { fetch } = app(routes, { before: forceHttps(options) })
  const response = await fetch(new Request(url, init))
  return [response.status, response.headers.get("location")]
}

describe("forceHttps", () => {
  it("sends to the same address by https, whatever the method", async () => {
    const to = "https://example.com/a/b?c=d&e=%20"
    expect(await ask("http://example.com/a/b?c=d&e=%20")).toEqual([308, to])
    expect(await ask("http://example.com:8080/a/b?c=d&e=%20", { method: "POST" })).toEqual([
      308,
      to,
    ])
  })
  it("sends to another host where it is told to", async () => {
    const options = { host: "www.example.com:8443" }
    expect(await ask("http://example.com/a", {}, options)).toEqual([
      308,
      "https://www.example.com:8443/a",
    ])
  })
  it("lets pass what came by https, and what never left this machine", async () => {
    const urls = ["https://example.com/", "http://localhost:4000/", "http://127.0.0.1/"]
    for (const url of [...urls, "http://[::1]:4000/", "http://app.localhost/"]) {
      expect(await ask(url)).toEqual([200, null])
    }
  })
  it.each(["/\\evil.example", "//evil.example", "/%2f%2fevil.example", "/a/..//evil.example"])(
    "sends nobody to another site: %s",
    async (target) => {
      const [, location] = await ask(`http://example.com${target}`)
      if (location !== null) expect(new URL(String(location)).origin).toBe("https://example.com")
    },
  )
  it("is made for a host", () => {
    for (const host of ["", "a/b", "user@a", "A.example", "a b"]) {
      expect(() => forceHttps({ host })).toThrow(TypeError)
    }
  })
})
