import { resourcePaths, router } from "@bennu/router"
import { describe, expect, it } from "vitest"
import { app, type Plug, pipeline, resources, scope } from "./index.ts"

const comments = resourcePaths("/comments", { only: ["index"] })
const posts = resourcePaths("/posts", {
  only: ["index", "show", "update", "delete"],
  param: "post",
  nested: { comments },
})
const user: Plug<{}, { name: string }> = (conn, next) => next(conn.assign({ name: "ada" }))

const routes = router(
  scope("/", pipeline(user), [
    resources(posts, {
      index: (conn) => conn.text(`all, for ${conn.assigns.name}`),
      show: (conn) => conn.text(`show ${conn.params.post}`),
      update: (conn) => conn.text(`${conn.method} ${conn.params.post}`),
      delete: (conn) => conn.redirect(posts.index()),
    }),
    resources(posts.comments, { index: (conn) => conn.text(`of ${conn.params.post}`) }),
  ]),
)
const ask = async (method: string, path: string) => {
  const response = await app(routes).fetch(new Request(`http://localhost${path}`, { method }))
  return `${response.status} ${await response.text()}`
}

describe("resources", () => {
  it("answer each action by its verb, with the parameters of its path", async () => {
    expect(await ask("GET", posts.index())).toBe("200 all, for ada")
    expect(await ask("GET", posts.show({ post: 7 }))).toBe("200 show 7")
    expect(await ask("PATCH", posts.update({ post: 7 }))).toBe("200 PATCH 7")
    expect(await ask("PUT", posts.update({ post: 7 }))).toBe("200 PUT 7")
    expect(await ask("DELETE", posts.delete({ post: 7 }))).toBe("303 ")
    expect(await ask("GET", posts.comments.index({ post: 7 }))).toBe("200 of 7")
  })
  it("refuse a handler that is not there", () => {
    const { show } = resourcePaths("/posts", { only: ["show"] })
    expect(show({ id: 1 })).toBe("/posts/1")
    expect(() => resources(resourcePaths("/posts", { only: ["show"] }), JSON.parse("{}"))).toThrow(
      expect.objectContaining({ code: "ERR_ROUTER_RESOURCE" }),
    )
  })
})
