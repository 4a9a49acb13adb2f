import { html } from "@bennu/html"
import { paths, type Router, router } from "@bennu/router"
import { describe, it } from "vitest"
import * as z from "zod"
import {
  accepts,
  action,
  app,
  type Conn,
  get,
  type Handler,
  type Plug,
  pipeline,
  post,
  protectFromForgery,
  scope,
  secureHeaders,
  session,
} from "./index.ts"

interface Scope {
  readonly user: { readonly email: string } | null
}
interface UserScope extends Scope {
  readonly user: { readonly email: string }
}
declare const fetchScope: Plug<{}, { scope: Scope }>
declare const requireUser: Plug<{ scope: Scope }, { scope: UserScope }>
const secret = "s".repeat(64)
const path = paths({
  home: "/",
  todos: "/todos",
  todo: "/todos/:id",
  create: "POST /api/todos",
})
const anyone = pipeline(accepts("html"), fetchScope)
const members = pipeline(anyone, requireUser)
const greet = (conn: Conn<{ scope: UserScope }>) => conn.text(conn.assigns.scope.user.email)

describe("routes", () => {
  it("take a path for their verb and know its parameters", () => {
    post(path.create, (conn) => conn.text(""))
    post(path.todos, (conn) => conn.text("")) // named without a verb: any verb
    get(path.todo, (conn) => conn.text(conn.params.id))
    get(path.home, () => new Response("hello"))
    // @ts-expect-error `create` is a POST
    get(path.create, (conn) => conn.text(""))
    // @ts-expect-error a parameter that the pattern does not have
    get(path.todo, (conn) => conn.text(conn.params.slug))
    // @ts-expect-error an answer is a Response or a Reply
    get(path.home, () => "hello")
    // @ts-expect-error nor is something shaped like a Reply
    get(path.home, () => ({ status: 200, headers: [], body: null }))
  })
})

describe("scope", () => {
  it("gives handlers what its pipeline assigns", () => {
    scope("/", members, [get(path.home, (conn) => conn.text(conn.assigns.scope.user.email))])
    scope("/", members, { layout: ({ content }) => content }, [
      get(path.todo, (conn) => conn.text(conn.params.id + conn.assigns.scope.user.email)),
      get(path.home, async (conn) => conn.json(conn.assigns.scope.user)),
    ])
    // a pipeline written in place is inferred too
    scope("/", pipeline(anyone, requireUser), [
      get(path.home, (conn) => conn.text(conn.assigns.scope.user.email)),
    ])
    // one plug is a pipeline as well
    scope("/", fetchScope, [
      get(path.home, (conn) => conn.text(conn.assigns.scope.user?.email ?? "")),
    ])
  })
  it("nests", () => {
    scope("/", anyone, [
      scope("/admin", members, [
        get(path.home, (conn) => conn.text(conn.assigns.scope.user.email)),
      ]),
    ])
    // @ts-expect-error the inner pipeline does not provide the user
    scope("/", members, [scope("/admin", anyone, [get(path.home, greet)])])
  })
  it("refuses a handler that needs more", () => {
    // @ts-expect-error the pipeline does not provide the scope
    scope("/", pipeline(accepts("html")), [get(path.home, greet)])
    // @ts-expect-error a handler for signed-in users behind a pipeline that lets anyone in
    scope("/", anyone, [get(path.home, greet)])
    // @ts-expect-error a scope's pipeline starts from nothing
    scope("/", requireUser, [])
    // @ts-expect-error an unknown option of a scope
    scope("/", members, { layuot: () => html`` }, [])
  })
})

describe("Conn", () => {
  it("with more is one with less", () => {
    const whoIs = (conn: Conn) => conn.path
    const whose = (conn: Conn<{ scope: Scope }>) => conn.assigns.scope.user
    return (conn: Conn<{ scope: UserScope; other: 1 }, "id">) => [whoIs(conn), whose(conn)]
  })
  it("with less is none with more", () => {
    const needs = (conn: Conn<{ scope: UserScope }, "id">) => conn.params.id
    return (bare: Conn, scoped: Conn<{ scope: UserScope }>) => {
      // @ts-expect-error nothing is assigned
      needs(bare)
      // @ts-expect-error the path has no id
      needs(scoped)
    }
  })
})

describe("pipeline", () => {
  it("lets a plug stand only behind what it needs", () => {
    pipeline(
      accepts("html"),
      session({ secret }),
      protectFromForgery(),
      secureHeaders(),
      fetchScope,
      requireUser,
    )
    // @ts-expect-error requireUser without fetchScope
    pipeline(accepts("html"), requireUser)
    // @ts-expect-error protectFromForgery without a session
    pipeline(accepts("html"), protectFromForgery())
  })
  it("replaces what two plugs both assign", () => {
    const asText: Plug<{}, { value: string }> = (conn, next) => next(conn.assign({ value: "" }))
    const asNumber: Plug<{}, { value: number }> = (conn, next) => next(conn.assign({ value: 1 }))
    const wantsNumber: Plug<{ value: number }> = (conn, next) => next(conn)
    const wantsText: Plug<{ value: string }> = (conn, next) => next(conn)
    scope("/", pipeline(asText, asNumber, wantsNumber), [
      get(path.home, (conn) => conn.text(conn.assigns.value.toFixed())),
    ])
    scope("/", pipeline(asText, asNumber), [
      // @ts-expect-error the text is gone
      get(path.home, (conn) => conn.text(conn.assigns.value.trim())),
    ])
    // @ts-expect-error so a plug that needs it does not fit
    pipeline(asText, asNumber, wantsText)
  })
  it("assigns by replacing, never by intersecting", () => {
    const replaced = (conn: Conn<{ value: string; kept: 1 }>): 1 => {
      const next = conn.assign({ value: 1 })
      next.assigns.value.toFixed()
      // @ts-expect-error replaced, not intersected
      next.assigns.value.trim()
      // @ts-expect-error assigns are replaced, never written
      next.assigns.value = 2
      return next.assigns.kept
    }
    return replaced
  })
  it("makes a plug do what its type says", () => {
    // @ts-expect-error it assigns nothing
    const forgetful: Plug<{}, { value: number }> = (conn, next) => next(conn)
    return forgetful
  })
})

describe("app", () => {
  it("serves routes that need nothing more", () => {
    const served: Router<Handler<{}>> = router(
      scope("/", members, []),
      get(path.home, (conn) => conn.text("")),
    )
    app(served)
    // @ts-expect-error a route that needs a scope is not served outside of one
    app(router(get(path.home, (conn: Conn<{ scope: Scope }>) => conn.text(""))))
  })
})

describe("action", () => {
  it("types its input by its schemas, and its conn by its scope", () => {
    scope("/", members, [
      get(
        path.todo,
        action(
          {
            params: z.object({ id: z.coerce.number() }),
            query: z.object({ page: z.string().optional() }),
          },
          (conn, { params, query }) => {
            const id: number = params.id
            const page: string | undefined = query.page
            // @ts-expect-error a part without a schema is unknown
            const title: string = query.title
            return conn.json([id, page, title, conn.assigns.scope.user.email])
          },
        ),
      ),
    ])
  })
  it("asks for no parameter that its path does not name", () => {
    const answer = (conn: Conn) => conn.text("")
    const needsId = action({ params: z.object({ id: z.string() }) }, answer)
    const mayHaveId = action({ params: z.object({ id: z.string().optional() }) }, answer)
    const needsNumber = action({ params: z.object({ id: z.number() }) }, answer)
    get(path.todo, needsId)
    get(path.todos, mayHaveId)
    // @ts-expect-error the path has no id
    get(path.todos, needsId)
    // @ts-expect-error a parameter is text, so a schema that takes numbers only never matches
    get(path.todo, needsNumber)
  })
})
