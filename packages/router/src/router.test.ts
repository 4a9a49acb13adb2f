import { describe, expect, it } from "vitest"
import { type Route, RouteConflictError, router, type Verb } from "./index.ts"

/** `"GET /posts/:id"`, handled by its own name. */
const route = (line: string): Route<string> => {
  const [verb, pattern = ""] = line.split(" ")
  return { verb: verb as Verb, pattern, handler: line }
}
const table = (...lines: string[]) => router(...lines.map(route))
const found = (lines: string[], path: string, verb = "GET") => table(...lines).match(verb, path)

describe("router", () => {
  it("finds the handler, the parameters and the route", () => {
    const post = route("GET /posts/:id")
    expect(router(post).match("GET", "/posts/7")).toEqual({
      handler: "GET /posts/:id",
      params: { id: "7" },
      route: post,
    })
  })

  it("is generic in what handles a route", () => {
    expect(
      router({ verb: "GET", pattern: "/", handler: 1 }).match("GET", "/")?.handler.toFixed(1),
    ).toBe("1.0")
  })

  it("answers null for another path, another verb, and a path that is none", () => {
    const posts = table("GET /posts", "POST /posts/:id")
    for (const path of [
      "/",
      "/post",
      "/posts/",
      "/postsx",
      "/posts/1",
      "/POSTS",
      "posts",
      "",
      "*",
    ]) {
      expect([path, posts.match("GET", path)]).toEqual([path, null])
    }
    expect(posts.match("PROPFIND", "/posts")).toBeNull()
    expect(posts.match("__proto__", "/posts")).toBeNull()
  })

  it("answers HEAD with what answers GET", () => {
    expect(found(["GET /posts"], "/posts", "HEAD")?.handler).toBe("GET /posts")
    expect(found(["POST /posts"], "/posts", "HEAD")).toBeNull()
  })

  it("lists what a path would answer to", () => {
    const posts = table("GET /posts", "POST /posts", "DELETE /posts/:id")
    expect(posts.allowed("/posts")).toEqual(["GET", "HEAD", "POST"])
    expect(posts.allowed("/posts/1")).toEqual(["DELETE"])
    expect(posts.allowed("/")).toEqual([])
  })

  it("prefers text to a parameter, and a parameter to the rest", () => {
    const lines = ["GET /*", "GET /posts/:id", "GET /posts/new", "GET /@:name", "GET /:page"]
    expect(found(lines, "/posts/new")?.handler).toBe("GET /posts/new")
    expect(found(lines, "/posts/news")?.params).toEqual({ id: "news" })
    expect(found(lines, "/@ada")?.params).toEqual({ name: "ada" })
    expect(found(lines, "/@")?.params).toEqual({ page: "@" })
    expect(found(lines, "/posts/1/edit")?.params).toEqual({ "*": "posts/1/edit" })
    expect(found(lines.toReversed(), "/posts/new")?.handler).toBe("GET /posts/new")
  })

  it("comes back from a dead end", () => {
    const lines = ["GET /a/b/c", "GET /a/:x/d", "GET /:x/:y/e", "GET /a/:x/*", "GET /*"]
    expect(found(lines, "/a/b/c")?.params).toEqual({})
    expect(found(lines, "/a/b/d")?.params).toEqual({ x: "b" })
    expect(found(lines, "/a/b/x")?.params).toEqual({ x: "b", "*": "x" })
    expect(found(lines, "/z/b/e")?.params).toEqual({ x: "z", y: "b" })
    expect(found(lines, "/a/b")?.params).toEqual({ "*": "a/b" })
    expect(found(lines, "/")?.params).toEqual({ "*": "" })
  })

  it("never takes an empty segment for a parameter", () => {
    expect(found(["GET /posts/:id", "GET /posts/:id/edit"], "/posts/")).toBeNull()
    expect(found(["GET /posts/:id", "GET /posts/:id/edit"], "/posts//edit")).toBeNull()
  })

  it("decodes values once, and finds nothing for what is no UTF-8", () => {
    expect(found(["GET /:x"], "/a%20%2525%2F%C3%A9+")?.params).toEqual({ x: "a %25/é+" })
    expect(found(["GET /*"], "/a/%2e%2e/b")?.params).toEqual({ "*": "a/../b" })
    for (const path of ["/%", "/%zz", "/%ff", "/%C3", "/%ED%A0%80"]) {
      expect([path, found(["GET /:x"], path)]).toEqual([path, null])
    }
  })

  it("decodes each of several values, wherever it stands", () => {
    const several = ["GET /:a/:b/*"]
    expect(found(several, "/%20/b/c/d")?.params).toEqual({ a: " ", b: "b", "*": "c/d" })
    expect(found(several, "/a/b/c%20/d")?.params).toEqual({ a: "a", b: "b", "*": "c /d" })
    expect(found(several, "/%20/%2F%20/%2F")?.params).toEqual({ a: " ", b: "/ ", "*": "/" })
    expect(found(several, "/%20/b/%20")?.params).toEqual({ a: " ", b: "b", "*": " " })
    expect(found(several, "/a/%/c")).toBeNull()
    expect(found(["GET /é/:a/:b"], "/%C3%A9/a/b")?.params).toEqual({ a: "a", b: "b" })
    expect(found(["GET /:a/é/:b"], "/a/%C3%A9/b")?.params).toEqual({ a: "a", b: "b" })
    expect(found(["GET /:a/é/:b"], "/a/%C3%A9/%20")?.params).toEqual({ a: "a", b: " " })
  })

  it("reads as many parameters as a pattern may have", () => {
    const names = Array.from({ length: 64 }, (_, index) => `p${index}`)
    const pattern = names.map((name) => `/:${name}`).join("")
    const path = names.map((name) => `/of-${name}`).join("")
    const params = Object.fromEntries(names.map((name) => [name, `of-${name}`]))
    expect(found([`GET ${pattern}`], path)?.params).toEqual(params)
  })

  it("matches text beyond ASCII as browsers send it", () => {
    expect(found(["GET /café/:x"], "/caf%C3%A9/1")?.params).toEqual({ x: "1" })
    expect(found(["GET /café"], "/café")).toBeNull()
  })

  it("treats the names of Object.prototype as any other", () => {
    const names = ["__proto__", "constructor", "toString", "hasOwnProperty", "valueOf"]
    for (const name of names) {
      const params = found([`GET /x/:${name}`, "GET /:page"], "/x/1")?.params
      expect(params).toBeDefined()
      expect(Object.entries(params ?? {})).toEqual([[name, "1"]])
      expect(Object.getPrototypeOf(Object.getPrototypeOf(params))).toBeNull()
      expect(found(["GET /:page"], `/${name}`)?.params["page"]).toBe(name)
    }
    expect(found(["GET /:page"], "/x")?.params["constructor"]).toBeUndefined()
    expect(found(["GET /page"], "/page")?.params["toString"]).toBeUndefined()
    expect(found(["GET /page"], "/__proto__")).toBeNull()
  })

  it("flattens groups, and is a group itself", () => {
    const [a, b, c, d] = ["GET /a", "GET /b", "GET /c", "GET /d"].map(route)
    if (!a || !b || !c || !d) throw new Error("four routes")
    const inner = router(c)
    const all = router(a, { routes: [b, { routes: [inner] }] }, d)
    expect(all.routes).toEqual([a, b, c, d])
    expect(all.match("GET", "/c")?.route).toBe(c)
  })

  it("keeps what a route knows beside its handler", () => {
    const made = router({ ...route("GET /"), meta: { name: "home" } })
    expect(made.match("GET", "/")?.route.meta).toEqual({ name: "home" })
  })
})

describe("router refuses, and names both routes,", () => {
  const refused = (...lines: string[]): RouteConflictError => {
    try {
      table(...lines)
    } catch (error) {
      if (error instanceof RouteConflictError) return error
      throw error
    }
    throw new Error(`${lines} was taken`)
  }

  it("a route that is there already", () => {
    for (const [first, second] of [
      ["GET /posts", "GET /posts"],
      ["GET /posts/:id", "GET /posts/:slug"],
      ["GET /@:name/x", "GET /@:user/x"],
      ["GET /files/*", "GET /files/*"],
    ] as const) {
      expect(refused(first, second)).toMatchObject({ code: "ERR_ROUTER_CONFLICT", first, second })
    }
  })

  it("two routes that overlap with neither the more exact one", () => {
    const error = refused("GET /posts/:id", "GET /:page/edit")
    expect([error.first, error.second].sort()).toEqual(["GET /:page/edit", "GET /posts/:id"])
    expect(error.message).toContain("/posts/edit")
    refused("GET /@:name/:tab", "GET /:page/about")
    refused("GET /a/:x/*", "GET /:y/b/c")
    refused("GET /a/:x/*", "GET /:y/b/*")
  })

  it("but takes them when what they have in common is a route of its own", () => {
    expect(
      found(["GET /posts/:id", "GET /:page/edit", "GET /posts/edit"], "/posts/edit")?.params,
    ).toEqual({})
  })

  it("but takes what is exact beside what is not, other verbs, and a star that takes the rest", () => {
    table("GET /posts/:id", "GET /posts/new", "GET /:page", "GET /*", "GET /posts/:id/edit")
    table("GET /posts/:id", "POST /:page/edit")
    expect(found(["GET /assets/*", "GET /:user/:repo"], "/assets/x")?.handler).toBe("GET /assets/*")
  })

  it("a star that is never reached", () => {
    expect(refused("GET /a/", "GET /a/:x", "GET /a/:x/*", "GET /a/*")).toMatchObject({
      first: "GET /a/:x/*",
      second: "GET /a/*",
    })
    table("GET /a/:x", "GET /a/:x/*", "GET /a/*")
  })
})

describe("router refuses, and says why,", () => {
  it.each([
    ["posts", "must start with a slash"],
    ["/a//b", "empty segment"],
    ["/a/*/b", `"*" only at its end`],
    ["/a*", `holds "*"`],
    ["/:", "no parameter name"],
    ["/:id?", "no parameter name"],
    ["/:id(\\d+)", "no parameter name"],
    ["/:a:b", "no parameter name"],
    ["/:id/:id", `names the parameter "id" twice`],
    ["/{id}", `holds "{"`],
    ["/a?b", `holds "?"`],
    ["/a#b", `holds "#"`],
    ["/a b", `holds " "`],
    ["/a%20b", `holds "%"`],
    ["/a\\b", "no path holds"],
    ["/a\nb", "no path holds"],
    ["/a\0b", "no path holds"],
    ["/../a", `the segment ".."`],
    ["/\ud800", "not well-formed"],
    [`/${"a/".repeat(64)}b`, "more than 64 segments"],
  ])("the pattern %j", (pattern, why) => {
    expect(() => router({ verb: "GET", pattern, handler: 0 })).toThrow(
      expect.objectContaining({
        code: "ERR_ROUTER_PATTERN",
        pattern,
        message: expect.stringContaining(why),
      }),
    )
  })
})
