import { live, liveSession } from "@bennu/live"
import { accepts, get, type Layout, type Plug, pipeline, post, scope } from "@bennu/plug"
import { protectFromForgery } from "@bennu/plug/csrf"
import { secureHeaders } from "@bennu/plug/headers"
import { type Session, session } from "@bennu/plug/session"
import { router } from "@bennu/router"
import { about } from "./about.ts"
import * as Api from "./api.ts"
import { liveLayout } from "./layout.ts"
import { askName, readerOf, rename } from "./name.ts"
import { path } from "./routes.ts"
import { ArticleLive } from "./views/article-live.ts"
import { EditorLive } from "./views/editor-live.ts"
import { HomeLive } from "./views/home-live.ts"
import type { ReaderScope, Scope } from "./vocabulary.ts"

export interface AppRouter {
  readonly ports: Pick<Scope, "repo" | "pubsub">
  readonly secret: string
  readonly layout: Layout
}

export const appRouter = ({ ports, secret, layout }: AppRouter) => {
  const fetchScope: Plug<{ session: Session }, { scope: Scope }> = (conn, next) =>
    next(conn.assign({ scope: { ...ports, reader: readerOf(conn.assigns.session) } }))
  const anonymous: Plug<object, { scope: Scope }> = (conn, next) =>
    next(conn.assign({ scope: { ...ports, reader: null } }))
  const requireReader: Plug<{ scope: Scope }, { scope: ReaderScope }> = (conn, next) => {
    const { scope } = conn.assigns
    return scope.reader === null
      ? conn.redirect(path.name({ to: conn.url.pathname }))
      : next(conn.assign({ scope: { ...scope, reader: scope.reader } }))
  }
  const browser = pipeline(
    accepts("html"),
    session({ secret }),
    protectFromForgery(),
    secureHeaders(),
    fetchScope,
  )
  const readers = pipeline(browser, requireReader)
  const api = pipeline(accepts("json"), anonymous)
  return router(
    scope("/", browser, { layout }, [
      liveSession("reading", { layout: liveLayout }, [
        live(path.home, HomeLive),
        live(path.article, ArticleLive),
      ]),
      get(path.about, about),
      get(path.name, askName),
      post(path.rename, rename),
    ]),
    scope("/", readers, { layout }, [
      liveSession("writing", { layout: liveLayout }, [
        live(path.write, EditorLive, { action: "new" }),
        live(path.edit, EditorLive, { action: "edit" }),
      ]),
    ]),
    scope("/", api, [
      get(path.apiArticles, Api.listArticles),
      get(path.apiArticle, Api.showArticle),
      get(path.apiTags, Api.listTags),
    ]),
  )
}
