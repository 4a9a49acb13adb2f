import { live, liveSession } from "@bennu/live"
import { accepts, get, type Layout, type Plug, pipeline, post, scope } from "@bennu/plug"
import { cors } from "@bennu/plug/cors"
import { protectFromForgery } from "@bennu/plug/csrf"
import { cspReports, secureHeaders } from "@bennu/plug/headers"
import { rate } from "@bennu/plug/rate"
import { type Session, session } from "@bennu/plug/session"
import { router } from "@bennu/router"
import type { Take } from "@bennu/store"
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
  /** Where rates are counted. */
  readonly store: Take
  readonly layout: Layout
}

export const appRouter = ({ ports, secret, store, layout }: AppRouter) => {
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
    secureHeaders({ reports: path.cspReports() }),
    fetchScope,
  )
  const readers = pipeline(browser, requireReader)
  const api = pipeline(
    accepts("json"),
    secureHeaders({ resourcePolicy: "cross-origin" }),
    cors({ origins: "*" }),
    rate({ store, name: "api", limit: 300, period: "1m" }),
    anonymous,
  )
  const named = pipeline(browser, rate({ store, name: "names", limit: 30, period: "1m" }))
  const unseen = pipeline(rate({ store, name: "reports", limit: 60, period: "1m" }))
  return router(
    scope("/", browser, { layout }, [
      liveSession("reading", { layout: liveLayout }, [
        live(path.home, HomeLive),
        live(path.article, ArticleLive),
      ]),
      get(path.about, about),
      get(path.name, askName),
    ]),
    scope("/", named, { layout }, [post(path.rename, rename)]),
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
    scope("/", unseen, [post(path.cspReports, cspReports())]),
  )
}
