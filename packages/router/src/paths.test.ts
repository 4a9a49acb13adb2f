import { describe, expect, it } from "vitest"
import { type PathPattern, paths, router } from "./index.ts"

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
})
