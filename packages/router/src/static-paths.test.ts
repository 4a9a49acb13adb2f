import { describe, expect, it } from "vitest"
import { PathParameterError, PatternError, StaticPathError, staticPaths } from "./index.ts"

describe("staticPaths", () => {
  it("names files as the build does, below where they are served", () => {
    const manifest = { "app.css": "app-5f3a.css", "img/a b.png": "img/a b-9c.png" }
    expect(staticPaths(manifest)("app.css")).toBe("/app-5f3a.css")
    for (const base of ["/assets", "/assets/"]) {
      const file = staticPaths(manifest, { base })
      expect(file("app.css")).toBe("/assets/app-5f3a.css")
      expect(file("img/a b.png")).toBe("/assets/img/a%20b-9c.png")
    }
  })

  it("names them on another host", () => {
    const address = (base: string) => staticPaths({ a: "a-1.js" }, { base })("a")
    expect(address("https://cdn.example.com")).toBe("https://cdn.example.com/a-1.js")
    expect(address("https://cdn.example.com/")).toBe("https://cdn.example.com/a-1.js")
    expect(address("http://cdn.example.com:8080/v2")).toBe("http://cdn.example.com:8080/v2/a-1.js")
  })

  it("reads what Vite writes", () => {
    const manifest = {
      "src/app.ts": { file: "assets/app-5f3a.js", src: "src/app.ts", css: ["assets/app-1.css"] },
    }
    expect(staticPaths(manifest)("src/app.ts")).toBe("/assets/app-5f3a.js")
  })

  it("refuses what the build did not make, and says what there is", () => {
    const manifest: Readonly<Record<string, string>> = { "app.css": "app-1.css" }
    const file = staticPaths(manifest)
    for (const name of ["app.scss", "", "__proto__", "constructor", "toString"]) {
      expect(() => file(name)).toThrow(StaticPathError)
    }
    expect(() => file("app.scss")).toThrow(
      expect.objectContaining({
        code: "ERR_ROUTER_STATIC_PATH",
        file: "app.scss",
        hint: "There are app.css. Build again, or correct the name.",
      }),
    )
  })

  it.each(["../secret.txt", "a/../../b", "/etc/passwd", "//evil.example/a.js", ".", "", "a//b"])(
    "refuses a manifest that leads elsewhere: %j",
    (file) => {
      expect(() => staticPaths({ a: file })).toThrow(PathParameterError)
    },
  )

  it.each([
    "assets",
    "//cdn.example.com",
    "/a/../b",
    "/:id",
    "javascript:alert(1)",
    "https://cdn.example.com?x",
    "https://cdn.example.com/#x",
    "https://me@cdn.example.com/",
    "https://cdn.example.com/a/../b",
    "https:/cdn.example.com",
    "ftp://cdn.example.com",
  ])("refuses to serve them below %j", (base) => {
    expect(() => staticPaths({ a: "a.js" }, { base })).toThrow(PatternError)
  })
})
