import { describe, expect, it } from "vitest"
import {
  type PathPattern,
  type PathValue,
  paths,
  type QueryValue,
  query,
  router,
  ToParam,
} from "./index.ts"

const path = paths({
  home: "/",
  posts: "/posts",
  post: "/posts/:id",
  comment: "/posts/:post/comments/:id",
  create: "POST /posts",
  author: "/@:name",
  file: "/files/*",
  cafe: "/café",
})

describe("paths", () => {
  it("writes addresses", () => {
    expect(path.home()).toBe("/")
    expect(path.posts()).toBe("/posts")
    expect(path.create()).toBe("/posts")
    expect(path.post({ id: "a" })).toBe("/posts/a")
    expect(path.comment({ post: 1, id: 2n })).toBe("/posts/1/comments/2")
    expect(path.author({ name: "ada" })).toBe("/@ada")
    expect(path.file({ "*": "a/b c.txt" })).toBe("/files/a/b%20c.txt")
    expect(path.cafe()).toBe("/caf%C3%A9")
  })

  it("knows each pattern, without its verb", () => {
    expect([path.post.pattern, path.create.pattern]).toEqual(["/posts/:id", "/posts"])
  })

  it("percent-encodes values", () => {
    expect(path.post({ id: "a/b?c#d%2e é" })).toBe("/posts/a%2Fb%3Fc%23d%252e%20%C3%A9")
  })

  it("adds a query, and leaves out what is null or undefined", () => {
    expect(path.posts({ tag: "a&b", page: 2, draft: false, before: null, after: undefined })).toBe(
      "/posts?tag=a%26b&page=2&draft=false",
    )
    expect(path.posts({ before: null })).toBe("/posts")
    expect(path.post({ id: "1" }, { "q=": "x y" })).toBe("/posts/1?q%3D=x+y")
  })

  it("refuses a parameter that is missing or empty", () => {
    // what types promise, JSON does not keep
    const given = (json: string): { id: string } => JSON.parse(json)
    for (const json of ["{}", '{"id":""}', '{"id":null}']) {
      expect(() => path.post(given(json))).toThrow(
        expect.objectContaining({
          code: "ERR_ROUTER_PATH_PARAMETER",
          parameter: "id",
          pattern: "/posts/:id",
        }),
      )
    }
    expect(() => path.post({ id: Number.NaN })).toThrow(/empty/)
    expect(() => path.post(Object.create({ id: "inherited" }))).toThrow(/missing/)
    expect(() => path.file({ "*": "" })).toThrow(/empty/)
  })

  it("refuses a value that would lead elsewhere", () => {
    for (const id of [".", ".."]) expect(() => path.post({ id })).toThrow(/must not be/)
    for (const rest of ["../secret", "a/./b", ".."]) {
      expect(() => path.file({ "*": rest })).toThrow(/must not be/)
    }
    expect(() => paths({ any: "/*" }).any({ "*": "/evil.example" })).toThrow(/empty segment/)
    expect(() => path.post({ id: "\ud800" })).toThrow(/well-formed/)
  })

  it("refuses a pattern that means nothing, and an unknown verb", () => {
    expect(() => paths({ odd: "/:a/:a" })).toThrow(/twice/)
    // a table may come from JSON
    const odd: PathPattern = JSON.parse('"FETCH /x"')
    expect(() => paths({ odd })).toThrow(/none of GET, HEAD, POST/)
  })

  it("writes what a router with the same pattern reads", () => {
    const all = router({ verb: "GET", pattern: path.comment.pattern, handler: 0 })
    const params = { post: "a/b %25", id: "é\u0000:*" }
    expect(all.match("GET", path.comment(params))?.params).toEqual(params)
  })

  it("asks values how they stand in an address", () => {
    class Post {
      id = 7
      title = "Hello World";
      [ToParam]() {
        return `${this.id}-${this.title.toLowerCase().replace(" ", "-")}`
      }
    }
    expect(path.post({ id: new Post() })).toBe("/posts/7-hello-world")
    expect(path.posts({ after: new Post() })).toBe("/posts?after=7-hello-world")
    // what types promise, data does not keep
    const odd = (value: unknown) => value as PathValue
    for (const value of [{}, [], true, () => "x", { [ToParam]: "x" }, { [ToParam]: () => null }]) {
      expect(() => path.post({ id: odd(value) })).toThrow(/has no \[ToParam\]/)
    }
    expect(() => path.post({ id: { [ToParam]: () => "" } })).toThrow(/empty/)
    expect(() => path.post({ id: { [ToParam]: () => ".." } })).toThrow(/must not be/)
  })

  it("takes only listed values", () => {
    const local = paths(
      { home: "/:locale", about: "/:locale/about", other: "/other" },
      { oneOf: { locale: ["en", "pt-BR", "日本"] } },
    )
    expect(local.home({ locale: "pt-BR" })).toBe("/pt-BR")
    expect(local.about({ locale: "日本" })).toBe("/%E6%97%A5%E6%9C%AC/about")
    expect(local.about.oneOf).toEqual({ locale: ["en", "pt-BR", "日本"] })
    const given = JSON.parse('{"locale":"fr"}')
    expect(() => local.home(given)).toThrow(/none of en, pt-BR/)
    const made = router({ ...local.about, verb: "GET", pattern: local.about.pattern, handler: 0 })
    expect(made.match("GET", local.about({ locale: "日本" }))?.params).toEqual({ locale: "日本" })
  })

  it("writes lists and objects in a query as parsers of forms read them", () => {
    expect(decodeURIComponent(path.posts({ tags: ["a", "b"], page: { size: 10, at: null } }))).toBe(
      "/posts?tags[]=a&tags[]=b&page[size]=10",
    )
    expect(path.posts({ tags: [], page: {} })).toBe("/posts")
    const endless: { [name: string]: object } = {}
    endless["self"] = endless
    const odd = (value: unknown) => value as { x: string }
    for (const value of [{ x: endless }, { x: () => 1 }, { x: Symbol("x") }, { x: Number.NaN }]) {
      expect(() => path.posts(odd(value))).toThrow(
        expect.objectContaining({ code: "ERR_ROUTER_PATH_PARAMETER", pattern: "/posts" }),
      )
    }
  })

  it("writes as many levels of a query as anybody reads, and no more", () => {
    const nested = (levels: number): QueryValue => (levels === 0 ? 1 : { a: nested(levels - 1) })
    expect(decodeURIComponent(path.posts({ x: nested(16) }))).toBe(`/posts?x${"[a]".repeat(16)}=1`)
    expect(() => path.posts({ x: nested(17) })).toThrow("is nothing that a query can hold")
  })

  it("writes the query that a schema describes", () => {
    const typed = paths({
      search: { path: "GET /search", query: query<{ q: string; page?: number }>() },
    })
    expect(typed.search({ q: "a b", page: 2 })).toBe("/search?q=a+b&page=2")
    expect(typed.search.pattern).toBe("/search")
  })
})
