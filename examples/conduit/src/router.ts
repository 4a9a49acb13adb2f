import { live, liveSession } from "@bennu/live"
import {
  accepts,
  del,
  get,
  type Layout,
  type Plug,
  pipeline,
  post,
  resources,
  scope,
} from "@bennu/plug"
import { cors } from "@bennu/plug/cors"
import { protectFromForgery } from "@bennu/plug/csrf"
import { cspReports, secureHeaders } from "@bennu/plug/headers"
import { openapiHandler } from "@bennu/plug/openapi"
import { rate } from "@bennu/plug/rate"
import { type Session, type Sessions, session } from "@bennu/plug/session"
import { router } from "@bennu/router"
import type { Take } from "@bennu/store"
import { about } from "./about.ts"
import { api as handlers } from "./api.ts"
import { archive } from "./archive.ts"
import { feed } from "./feed.ts"
import { liveLayout } from "./layout.ts"
import { maxPictureForm } from "./pictures.ts"
import { path } from "./routes.ts"
import { setTheme } from "./theme.ts"
import { ArticleLive } from "./views/article-live.ts"
import { EditorLive } from "./views/editor-live.ts"
import { HomeLive } from "./views/home-live.ts"
import type { ReaderScope, Scope } from "./vocabulary.ts"
import * as You from "./you.ts"

export interface AppRouter {
  readonly ports: Omit<Scope, "reader">
  readonly sessions: Sessions
  /** Where rates are counted. */
  readonly store: Take
  readonly layout: Layout
}

export const appRouter = ({ ports, sessions, store, layout }: AppRouter) => {
  const fetchScope: Plug<{ session: Session }, { scope: Scope }> = (conn, next) =>
    next(conn.assign({ scope: { ...ports, reader: You.readerOf(conn.assigns.session) } }))
  const anonymous: Plug<object, { scope: Scope }> = (conn, next) =>
    next(conn.assign({ scope: { ...ports, reader: null } }))
  const requireReader: Plug<{ scope: Scope }, { scope: ReaderScope }> = (conn, next) => {
    const { scope } = conn.assigns
    return scope.reader === null
      ? conn.redirect(path.name({ to: conn.url.pathname }))
      : next(conn.assign({ scope: { ...scope, reader: scope.reader } }))
  }
  const visitors = pipeline(
    session(sessions),
    protectFromForgery(),
    secureHeaders({ reports: path.cspReports() }),
    fetchScope,
  )
  const browser = pipeline(accepts("html"), visitors)
  const readers = pipeline(browser, requireReader)
  const open = pipeline(
    secureHeaders({ resourcePolicy: "cross-origin" }),
    cors({ origins: "*" }),
    rate({ store, name: "api", limit: 300, period: "1m" }),
    anonymous,
  )
  const api = pipeline(accepts("json"), open)
  const rarely = rate({ store, name: "names", limit: 30, period: "1m" })
  const named = pipeline(browser, rarely)
  const seldom = pipeline(readers, rarely)
  // whatever a picture may be taken for, it does nothing
  const pictures = pipeline(
    secureHeaders({ contentSecurityPolicy: { "default-src": ["'none'"], sandbox: [] } }),
    anonymous,
  )
  const served = scope("/", api, [
    resources(path.apiArticles, handlers.apiArticles),
    get(path.apiTags, handlers.apiTags),
  ])
  // what people type and browsers report is short; only pictures are longer, and take their time on a slow line
  const small = { bodyBytes: 65_536, requestTimeout: "10s" } as const
  const unseen = pipeline(rate({ store, name: "reports", limit: 60, period: "1m" }))
  return router(
    scope("/", browser, { layout }, [
      liveSession("reading", { layout: liveLayout }, [
        live(path.home, HomeLive),
        live(path.article, ArticleLive),
      ]),
      get(path.about, about),
      get(path.name, You.askName),
    ]),
    scope("/", visitors, { layout }, [get(path.archive, archive)]),
    scope("/", named, { layout, limits: small }, [
      post(path.rename, You.rename),
      post(path.setTheme, setTheme),
    ]),
    scope("/", readers, { layout }, [
      liveSession("writing", { layout: liveLayout }, [
        live(path.write, EditorLive, { action: "new" }),
        live(path.edit, EditorLive, { action: "edit" }),
      ]),
    ]),
    scope("/", seldom, { limits: { bodyBytes: maxPictureForm, requestTimeout: "2m" } }, [
      post(path.setPicture, You.setPicture),
    ]),
    scope("/", seldom, { limits: small }, [del(path.forget, You.forget)]),
    scope("/", open, [get(path.feed, feed)]),
    scope("/", pictures, [get(path.picture, You.showPicture)]),
    served,
    scope("/", api, [
      get(
        path.apiDescription,
        openapiHandler(served, { info: { title: "Conduit", version: "1.0.0" } }),
      ),
    ]),
    scope("/", unseen, { limits: small }, [post(path.cspReports, cspReports())]),
  )
}
