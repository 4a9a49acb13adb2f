import { live, liveFlash, liveSession } from "@bennu/live"
import { accepts, get, type Layout, type Plug, pipeline, post, scope } from "@bennu/plug"
import { protectFromForgery } from "@bennu/plug/csrf"
import { cspReports, secureHeaders } from "@bennu/plug/headers"
import { type Session, session } from "@bennu/plug/session"
import { router } from "@bennu/router"
import { HomeLive } from "./home.ts"
import { tourLayout } from "./layout.ts"
import { ElsewhereLive, plain } from "./pages/navigation.ts"
import { Player } from "./pages/player.ts"
import { path } from "./routes.ts"
import { lessons } from "./tour.ts"
import { tune } from "./tune.ts"
import { visitorOf } from "./visitor.ts"
import type { Scope } from "./vocabulary.ts"

export interface AppRouter {
  readonly ports: Omit<Scope, "visitor">
  readonly secret: string
  readonly layout: Layout
}

export const appRouter = ({ ports, secret, layout }: AppRouter) => {
  const fetchScope: Plug<{ session: Session }, { scope: Scope }> = (conn, next) => {
    const visitor = visitorOf(conn.assigns.session, conn.transport === "http")
    return next(conn.assign({ scope: { ...ports, visitor } }))
  }
  const browser = pipeline(
    accepts("html"),
    session({ secret }),
    protectFromForgery(),
    secureHeaders({ reports: path.cspReports() }),
    liveFlash({ secret }),
    fetchScope,
  )
  return router(
    scope("/", browser, { layout }, [
      liveSession("tour", { layout: tourLayout, views: [Player] }, [
        live(path.home, HomeLive),
        ...lessons.map(({ route }) => route),
        live(path.elsewhere, ElsewhereLive),
      ]),
      get(path.plain, plain),
    ]),
    get(path.tune, tune),
    post(path.cspReports, cspReports()),
  )
}
