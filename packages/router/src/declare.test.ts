import { describe, expect, it } from "vitest"
import {
  flatten,
  forward,
  lineOf,
  match,
  pathBelow,
  paths,
  printRoutes,
  type Route,
  RouteConflictError,
  route,
  router,
} from "./index.ts"

const path = paths(
  { home: "/:locale", post: "/:locale/posts/:id", create: "POST /posts" },
  { oneOf: { locale: ["en", "pt-BR"] } },
)
const thrownBy = (run: () => unknown): unknown => {
  try {
    run()
  } catch (error) {
    return error
  }
  return null
}

describe("route", () => {
  it("takes a pattern or a path, with what the path says of its parameters", () => {
    const made = router(route("GET", path.post, "post"), route("POST", path.create, "create"))
    expect(made.match("GET", "/en/posts/1")?.params).toEqual({ locale: "en", id: "1" })
    expect(made.match("GET", "/fr/posts/1")).toBeNull()
    expect(made.match("POST", "/posts")?.handler).toBe("create")
  })

  it("hands on what it brings along, with what its groups bring", () => {
    const key = Symbol("key")
    const group = {
      prefix: "/admin",
      assigns: { area: "admin", depth: 1 },
      private: { [key]: 1 },
      routes: [{ assigns: { depth: 2 }, routes: [route("GET", "/", 0, { meta: "home" })] }],
    }
    expect(router(group).match("GET", "/admin")?.route).toMatchObject({
      meta: "home",
      assigns: { area: "admin", depth: 2 },
      private: { [key]: 1 },
    })
  })

  it("remembers the line that declares it, whoever makes it", () => {
    const get = (pattern: `/${string}`) => route("GET", pattern, 0, { above: get })
    const lines = [route("GET", "/", 0), get("/a")].map(({ place }) => lineOf(place))
    for (const line of lines) expect(line).toMatch(/declare\.test\.ts:\d+$/)
    expect(new Set(lines).size).toBe(1)
    expect(lineOf(undefined)).toBeNull()
    expect(lineOf({})).toBeNull()
  })
})

describe("match", () => {
  it("declares a route for several verbs", () => {
    const made = router(match(["PUT", "PATCH"], "/posts/:id", "update"))
    expect(made.allowed("/posts/1")).toEqual(["PUT", "PATCH"])
  })

  it("declares one for any verb, unknown ones too, that comes after those for the verb", () => {
    const made = router(
      match("*", "/:page", "any"),
      route("GET", "/:name", "get"),
      match("*", "/new", "any new"),
    )
    expect(made.match("GET", "/x")?.handler).toBe("get")
    expect(made.match("HEAD", "/x")?.handler).toBe("get")
    expect(made.match("PUT", "/x")?.handler).toBe("any")
    expect(made.match("PROPFIND", "/x")?.params).toEqual({ page: "x" })
    expect(made.match("GET", "/new")?.handler).toBe("any new")
    expect(made.allowed("/x")).toEqual(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
  })

  it("lets HEAD and OPTIONS have routes of their own", () => {
    const made = router(
      match(["HEAD", "OPTIONS"], "/a", "own"),
      route("GET", "/a", "get"),
      route("GET", "/b", "get"),
    )
    expect(made.match("HEAD", "/a")?.handler).toBe("own")
    expect(made.match("HEAD", "/b")?.handler).toBe("get")
    expect(made.match("OPTIONS", "/a")?.handler).toBe("own")
    expect(made.match("OPTIONS", "/b")).toBeNull()
  })

  it("refuses two routes for any verb, and none of which either is more exact", () => {
    const twice = thrownBy(() => router(match("*", "/a", 1), match("*", "/a", 2)))
    expect(twice).toMatchObject({ first: "* /a", second: "* /a" })
    expect(() => router(match("*", "/a/:x", 1), route("GET", "/:y/b", 2))).toThrow(
      RouteConflictError,
    )
  })
})

describe("forward", () => {
  it("hands all that is below a prefix to a handler", () => {
    const made = router(forward("/files", "files"), route("GET", "/files/about", "about"))
    const below = (verb: string, asked: string) => {
      const found = made.match(verb, asked)
      return found && [found.handler, pathBelow(found.route, asked)]
    }
    expect(below("GET", "/files")).toEqual(["files", "/"])
    expect(below("PROPFIND", "/files/a%2Fb/c")).toEqual(["files", "/a%2Fb/c"])
    expect(below("GET", "/files/")).toEqual(["files", "/"])
    expect(below("GET", "/files/about")?.[0]).toBe("about")
    expect(below("GET", "/filesx")).toBeNull()
  })

  it("keeps the parameters of its prefix", () => {
    const made = router(forward("/t/:tenant/app", "app"))
    const asked = "/t/a%20b/app/x/y"
    const found = made.match("GET", asked)
    expect(found?.params).toEqual({ tenant: "a b", "*": "x/y" })
    expect(found && pathBelow(found.route, asked)).toBe("/x/y")
  })

  it("puts the routes of another router below a prefix, where they may not contradict others", () => {
    const admin = router(route("GET", "/", "home"), route("GET", "/users/:id", "user"))
    const made = router(forward("/admin", admin, { host: "example.com" }))
    expect(made.match("GET", "/admin", "example.com")?.handler).toBe("home")
    expect(made.match("GET", "/admin/users/1", "example.com")?.params).toEqual({ id: "1" })
    expect(made.match("GET", "/admin")).toBeNull()
    expect(() => router(forward("/a", admin), route("GET", "/a/users/:name", ""))).toThrow(
      RouteConflictError,
    )
  })

  it("hands all there is to a handler at the root", () => {
    const made = router(forward("/", "all"))
    for (const asked of ["/", "/a", "/a/b"]) expect(made.match("POST", asked)?.handler).toBe("all")
  })
})

describe("a parameter with listed values", () => {
  it("stands for these only, after text and before any other parameter", () => {
    const made = router(
      route("GET", path.home, "locale"),
      route("GET", "/:page", "page"),
      route("GET", "/en", "english"),
    )
    expect(made.match("GET", "/pt-BR")?.params).toEqual({ locale: "pt-BR" })
    expect(made.match("GET", "/en")?.handler).toBe("english")
    expect(made.match("GET", "/pt-br")?.params).toEqual({ page: "pt-br" })
    expect(made.match("GET", "/constructor")?.params).toEqual({ page: "constructor" })
  })

  it("comes back from a dead end", () => {
    const made = router(route("GET", path.post, "post"), route("GET", "/:a/:b/:c", "rest"))
    expect(made.match("GET", "/en/posts/1")?.handler).toBe("post")
    expect(made.match("GET", "/en/pages/1")?.params).toEqual({ a: "en", b: "pages", c: "1" })
  })

  it("is declared for a whole group, and with a pattern", () => {
    const made = router({
      oneOf: { version: ["v1", "v2"] },
      prefix: "/api/:version",
      routes: [route("GET", "/posts", "posts"), route("GET", "/:any", "any")],
    })
    expect(made.match("GET", "/api/v2/posts")?.params).toEqual({ version: "v2" })
    expect(made.match("GET", "/api/v3/posts")).toBeNull()
  })

  it("is refused where another list shares a value, or has none", () => {
    const listed = (locale: string[], pattern: `/${string}` = "/:locale/a") =>
      route("GET", pattern, 0, { oneOf: { locale } })
    expect(() => router(listed(["en", "de"]), listed(["de"], "/:locale/b"))).toThrow(/"de"/)
    expect(() => router(listed([]))).toThrow(/no value/)
    expect(() => router(listed(["en", ""]))).toThrow(/empty value/)
    expect(() => router(listed(["a/b"]))).toThrow(/holds "\/"/)
    router(listed(["en"]), listed(["de"]), listed(["de", "en"], "/@:locale/a"))
  })

  it("is weighed against what stands beside it", () => {
    const one = route("GET", "/:locale/:x", 0, { oneOf: { locale: ["en"] } })
    expect(() => router(one, route("GET", "/:y/about", 0))).toThrow(/\/en\/about|neither/)
    const about = route("GET", "/:locale/about", 0, { oneOf: { locale: ["en"] } })
    expect(() => router(about, route("GET", "/e:y/:z", 0))).toThrow(/neither/)
    router(one, route("GET", "/:y/:z", 0), route("GET", "/e:y/about", 0))
    router(about, route("GET", "/x:y/:z", 0))
  })
})

describe("a conflict", () => {
  it("names both routes and the lines that declare them", () => {
    const byId = route("GET", "/posts/:id", 1)
    const bySlug = route("GET", "/posts/:slug", 2)
    const error = thrownBy(() => router(byId, bySlug))
    expect(error).toMatchObject({
      first: "GET /posts/:id",
      second: "GET /posts/:slug",
      firstLine: expect.stringMatching(/declare\.test\.ts:\d+$/),
      secondLine: expect.stringMatching(/declare\.test\.ts:\d+$/),
    })
    const { firstLine, secondLine, message } = error as RouteConflictError
    expect(firstLine).not.toBe(secondLine)
    expect(message).toBe(
      `GET /posts/:slug (${secondLine}) answers to the same addresses as GET /posts/:id (${firstLine})`,
    )
  })

  it("names the line of the router for routes that are plain data", () => {
    const plain = { verb: "GET", pattern: "/", handler: 0 } as const
    expect(thrownBy(() => router(plain, plain))).toMatchObject({
      firstLine: expect.stringMatching(/declare\.test\.ts:\d+$/),
    })
  })

  it("says of which host it is", () => {
    const options = { host: "*.example.com" }
    const error = thrownBy(() =>
      router(route("GET", "/", 1, options), route("GET", "/", 2, options)),
    )
    expect(error).toMatchObject({ first: "GET *.example.com/" })
  })
})

describe("the table of routes", () => {
  const made = router(
    route("GET", "/", "home"),
    forward("/admin", router(match(["GET", "POST"], "/users", "users")), {
      host: "admin.example.com",
    }),
  )

  it("is data", () => {
    expect(made.routes.map(({ verb, host, pattern }) => [verb, host, pattern])).toEqual([
      ["GET", undefined, "/"],
      ["GET", "admin.example.com", "/admin/users"],
      ["POST", "admin.example.com", "/admin/users"],
    ])
    expect(flatten([made])).toEqual(made.routes)
  })

  it("is printed for people", () => {
    expect(printRoutes(made.routes)).toBe(
      [
        "GET   /",
        "GET   admin.example.com/admin/users",
        "POST  admin.example.com/admin/users",
      ].join("\n"),
    )
    expect(printRoutes(made.routes, { describe: ({ handler }) => handler })).toContain("/  ")
    const describe = ({ handler, host }: Route<string>) => [handler, host ?? "anywhere"]
    expect(printRoutes(made.routes.slice(0, 2), { describe })).toBe(
      [
        "GET  /                              home   anywhere",
        "GET  admin.example.com/admin/users  users  admin.example.com",
      ].join("\n"),
    )
    expect(printRoutes([])).toBe("")
  })
})
