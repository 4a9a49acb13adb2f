import { describe, expect, it } from "vitest"
import { printRoutes, type RouteGroup, resourcePaths, resources, router } from "./index.ts"

const all = {
  index: "index",
  new: "new",
  create: "create",
  show: "show",
  edit: "edit",
  update: "update",
  delete: "delete",
}
const printed = (...groups: readonly RouteGroup<string>[]) =>
  printRoutes(router(...groups).routes, { describe: ({ handler }) => handler })
    .split("\n")
    .map((line) => line.split(/ +/).join(" "))

describe("resources", () => {
  it("declares a route for each action", () => {
    expect(printed(resources("/posts", all))).toEqual([
      "GET /posts index",
      "GET /posts/new new",
      "POST /posts create",
      "GET /posts/:id show",
      "GET /posts/:id/edit edit",
      "PATCH /posts/:id update",
      "PUT /posts/:id update",
      "DELETE /posts/:id delete",
    ])
  })

  it("declares those that have a handler, those of `only`, those that `except` leaves", () => {
    expect(printed(resources("/posts", { show: "show" }))).toEqual(["GET /posts/:id show"])
    expect(printed(resources("/posts", all, { only: ["index", "delete"] }))).toEqual([
      "GET /posts index",
      "DELETE /posts/:id delete",
    ])
    const few = { except: ["new", "edit", "update", "delete"] } as const
    expect(printed(resources("/posts", all, few))).toHaveLength(3)
  })

  it("calls the parameter as it is told, after those of its path", () => {
    const group = resources("/users/:user/posts", { show: "show" }, { param: "slug" })
    expect(printed(group)).toEqual(["GET /users/:user/posts/:slug show"])
    expect(group.paths.show({ user: "ada", slug: "a b" })).toBe("/users/ada/posts/a%20b")
  })

  it("knows what there is only one of", () => {
    const { index: _, ...handlers } = all
    expect(printed(resources("/account", handlers, { singleton: true }))).toEqual([
      "GET /account/new new",
      "POST /account create",
      "GET /account show",
      "GET /account/edit edit",
      "PATCH /account update",
      "PUT /account update",
      "DELETE /account delete",
    ])
    expect(resourcePaths("/account", { singleton: true }).edit()).toBe("/account/edit")
    expect(() => resources("/account", all, { singleton: true })).toThrow(/no index/)
  })

  it("puts what is nested below one of them", () => {
    const votes = resources("/vote", { create: "vote" }, { singleton: true })
    const comments = resources(
      "/comments",
      { index: "comments", show: "comment" },
      { param: "comment", nested: { votes } },
    )
    const posts = resources("/posts", { show: "post" }, { param: "post", nested: { comments } })
    expect(printed(posts)).toEqual([
      "GET /posts/:post post",
      "GET /posts/:post/comments comments",
      "GET /posts/:post/comments/:comment comment",
      "POST /posts/:post/comments/:comment/vote vote",
    ])
    const { paths } = posts
    expect(paths.show({ post: 1 })).toBe("/posts/1")
    expect(paths.comments.index({ post: 1 })).toBe("/posts/1/comments")
    expect(paths.comments.show({ post: 1, comment: 2 })).toBe("/posts/1/comments/2")
    expect(paths.comments.votes.create({ post: 1, comment: 2 })).toBe("/posts/1/comments/2/vote")
  })

  it("takes paths that were named before, also nested ones", () => {
    const posts = resourcePaths("/posts", {
      only: ["index", "show"],
      param: "post",
      nested: { comments: resourcePaths("/comments", { only: ["create"] }) },
    })
    const groups = [
      resources(posts, { index: "index", show: "show" }),
      resources(posts.comments, { create: "comment" }, { host: "example.com" }),
    ]
    expect(printed(...groups)).toEqual([
      "GET /posts index",
      "GET /posts/:post show",
      "POST example.com/posts/:post/comments comment",
    ])
    expect(posts.comments.create({ post: 7 })).toBe("/posts/7/comments")
  })

  it("refuses an action without handler, a handler without action, and names that clash", () => {
    // what types promise, modules of plain JavaScript do not keep
    const given = (handlers: object) => handlers as typeof all
    expect(() => resources("/posts", given({ index: 1 }), { only: ["show"] })).toThrow(
      expect.objectContaining({ code: "ERR_ROUTER_RESOURCE", path: "/posts" }),
    )
    expect(() => resources("/posts", given({ remove: 1 }))).toThrow(/no action "remove"/)
    expect(() => resources("/posts", given(JSON.parse('{"__proto__":1}')))).toThrow(/__proto__/)
    const show = resourcePaths("/comments")
    expect(() => resourcePaths("/posts", { nested: { show } })).toThrow(/nested with the name/)
    expect(() => resourcePaths("/posts", { nested: { comments: show } })).toThrow(/"id" twice/)
  })
})
