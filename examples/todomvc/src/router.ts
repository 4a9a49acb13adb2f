import { html } from "@bennu/html"
import { live, liveHead } from "@bennu/live"
import { accepts, type Layout, type Plug, pipeline, scope } from "@bennu/plug"
import { protectFromForgery } from "@bennu/plug/csrf"
import { secureHeaders } from "@bennu/plug/headers"
import { type Session, session } from "@bennu/plug/session"
import { router } from "@bennu/router"
import * as z from "zod"
import type { Assets } from "./build-assets.ts"
import { path } from "./routes.ts"
import type { Scope } from "./todos.ts"
import { TodosLive } from "./todos-live.ts"

interface AppRouter {
  readonly ports: Pick<Scope, "repo" | "pubsub">
  readonly secret: string
  readonly assets: Assets
}

const ListId = z.uuid()

export const appRouter = ({ ports, secret, assets }: AppRouter) => {
  const fetchScope: Plug<{ session: Session }, { scope: Scope }> = (conn, next) => {
    const { session } = conn.assigns
    const known = ListId.safeParse(session.get("list"))
    const listId = known.success ? known.data : crypto.randomUUID()
    if (!known.success && conn.transport === "http") session.put("list", listId)
    return next(conn.assign({ scope: { ...ports, listId } }))
  }
  const layout: Layout = ({ title, head, content, csrfToken, nonce }) => html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title data-default="TodoMVC" data-suffix=" · TodoMVC">${title} · TodoMVC</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="${assets.css}" phx-track-static>
    <script defer nonce="${nonce}" src="${assets.js}" phx-track-static></script>
    ${liveHead({ csrfToken })}
    ${head}
  </head>
  <body>${content}</body>
</html>`
  const browser = pipeline(
    accepts("html"),
    session({ secret }),
    protectFromForgery(),
    secureHeaders(),
    fetchScope,
  )
  return router(
    scope("/", browser, { layout }, [
      live(path.all, TodosLive),
      live(path.active, TodosLive),
      live(path.completed, TodosLive),
    ]),
  )
}
