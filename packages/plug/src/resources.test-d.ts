import { resourcePaths } from "@bennu/router"
import { expectTypeOf, test } from "vitest"
import { type Plug, pipeline, resources, scope } from "./index.ts"

const posts = resourcePaths("/posts", { only: ["index", "show"] })
const user: Plug<{}, { name: string }> = (conn, next) => next(conn.assign({ name: "ada" }))

test("a handler's conn has the parameters of its action, and what the scope assigns", () => {
  scope("/", pipeline(user), [
    resources(posts, {
      index: (conn) => {
        // @ts-expect-error: a list is about none of them
        conn.params.id
        return conn.text(conn.assigns.name)
      },
      show: (conn) => {
        expectTypeOf(conn.params.id).toEqualTypeOf<string>()
        return conn.text(conn.params.id)
      },
    }),
  ])
})

test("no action is without a handler, and no handler without an action", () => {
  // @ts-expect-error: show is missing
  resources(posts, { index: (conn) => conn.text("") })
  resources(posts, {
    index: (conn) => conn.text(""),
    show: (conn) => conn.text(""),
    // @ts-expect-error: there is no such action here
    delete: (conn) => conn.text(""),
  })
})

test("what a handler needs, the scope has to assign", () => {
  const needy = resources<{ name: string }, typeof posts>(posts, {
    index: (conn) => conn.text(conn.assigns.name),
    show: (conn) => conn.text(conn.params.id),
  })
  scope("/", pipeline(user), [needy])
  // @ts-expect-error: nobody assigns a name
  scope("/", pipeline(), [needy])
})
