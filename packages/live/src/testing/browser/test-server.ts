import { randomToken } from "@bennu/core/crypto"
import { endpoint } from "@bennu/endpoint"
import { type Plug, pipeline, protectFromForgery, scope, session } from "@bennu/plug"
import type { PubSub } from "@bennu/pubsub"
import { paths, router } from "@bennu/router"
import { clientHooks } from "../../hooks-module.ts"
import { liveSocket } from "../../live-socket.ts"
import type { LiveView } from "../../live-view.ts"
import { live } from "../../route/live.ts"
import { liveSession } from "../../route/live-session.ts"
import type { MountOptions } from "../mount.ts"
import { clientLayout } from "./client-page.ts"

/** A server of one view, which can be started anew on its port. */
export interface TestServer extends AsyncDisposable {
  readonly origin: string
  restart(): Promise<void>
}

/** Serves a view at `/`. */
export async function serveView<S>(
  view: LiveView<S, string, never>,
  options: MountOptions<S>,
  pubsub: PubSub,
): Promise<TestServer> {
  const { action, layout, onMount = [], connectParams = {} } = options
  const { handlerTimeout, renderBudget, handlerBudget } = options
  const secret = randomToken(48)
  // parameters come in the query: the path has to name none
  const routed = live(paths({ page: "/" }).page, view as LiveView<S, never>, { action })
  const routes = liveSession("test", { layout, onMount }, [routed])
  const root = clientLayout(clientHooks(routes), connectParams)
  const assign: Plug<{}, { scope: S }> = (conn, next) => next(conn.assign({ scope: options.scope }))
  const through = pipeline(session({ secret }), protectFromForgery(), assign)
  const app = router(scope("/", through, { layout: root }, [routes]))
  const start = (port: number) => {
    const limits = { handlerTimeout, renderBudget, handlerBudget }
    const sockets = { "/live": liveSocket({ router: app, pubsub, secret, limits }) } as const
    const server = endpoint({ router: app, port, host: "127.0.0.1", sockets })
    return server.start(new AbortController().signal)
  }
  let server = await start(0)
  return {
    origin: server.url.origin,
    async restart() {
      const { port } = server.url
      await server[Symbol.asyncDispose]()
      server = await start(Number(port))
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}
