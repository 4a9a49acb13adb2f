import type { Answer, Conn, Handler } from "@bennu/plug"
import { type Path, placeOfCall, type Route } from "@bennu/router"
import { arriveLive } from "../join/arrived.ts"
import type { Container, LiveView } from "../live-view.ts"
import { DefinedView } from "../view/defined-view.ts"
import { checkContainer } from "./container.ts"
import { deadRender } from "./dead-render.ts"
import { LiveRoute, metaOf } from "./live-route.ts"

/** What several routes to one view tell apart, and the element around it. */
export interface LiveOptions {
  /** `socket.action` and `page.action`: which of the routes it was. */
  readonly action?: string | undefined
  /** In place of the view's own. */
  readonly container?: Container | undefined
}

/**
 * Shows a view at a path. The page is answered at once, and lives on when its socket joins: the same pipeline runs then.
 * @throws {DefinitionError} when the container's tag is none.
 * @example scope("/", members, { layout: root }, [live(path.todos, TodosLive), live(path.todo, TodoLive)])
 */
export function live<S, N extends string>(
  path: Path<N, "GET">,
  view: LiveView<S, NoInfer<N>>,
  { action, container }: LiveOptions = {},
): Route<Handler<{ scope: S }>> {
  const defined = DefinedView.from(view)
  const around = container ?? defined.definition.container ?? {}
  checkContainer(around)
  const { pattern, oneOf } = path
  const route = new LiveRoute({
    ...{ view: defined, pattern, action, container: around, session: null },
  })
  return { ...routeTo<S>(route), oneOf, place: placeOfCall(live) }
}

/** @internal */
export function routeTo<S>(route: LiveRoute): Route<Handler<{ scope: S }>> {
  const handler = (conn: Conn<{ scope: S }>): Answer =>
    conn.transport === "live" ? arriveLive(conn, route) : deadRender(conn, route)
  // for whoever prints routes: a view does not know its name
  const name = route.action === undefined ? "live" : `live ${route.action}`
  Object.defineProperty(handler, "name", { value: name })
  return { verb: "GET", pattern: route.pattern, handler, meta: metaOf(route) }
}
