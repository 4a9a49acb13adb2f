import type { Joining } from "@bennu/channels"
import { isDevelopment } from "../mode.ts"
import { liveLayoutOf } from "../render/view-html.ts"
import { guardsOf, liveRouteOf, servedBy } from "../route/live-route.ts"
import { pageToken } from "../session.ts"
import { eventRefused, frameSent } from "../telemetry.ts"
import type { Address } from "../view/arriving.ts"
import { type Page, ViewProcess } from "../view/view-process.ts"
import type { Arrived } from "./arrived.ts"
import type { JoinOptions } from "./join-options.ts"

/** The view that a page joins, before it is mounted. */
export function processOf(
  joining: Joining,
  { conn, route }: Arrived,
  { pubsub, router, tokens }: JoinOptions,
): ViewProcess {
  // not the conn itself: a view lives longer than what it was asked for with
  const { origin, assigns } = conn
  const { scope } = assigns
  const { limits, sessionName, viewName: name } = servedBy(route)
  const { signal } = joining
  const layout = liveLayoutOf(route.view, route.session?.layout ?? null)
  const csrf = pageToken(conn)

  /** What another path shows, if it is this view in this live session. */
  function locate(target: string): Address | null {
    const url = URL.parse(target, origin)
    const match = url && router.match("GET", url.pathname)
    const other = match && liveRouteOf(match.route)
    if (!other || other.view !== route.view || servedBy(other).sessionName !== sessionName)
      return null
    return { params: match.params, url, action: other.action }
  }

  return new ViewProcess({
    ...{ name, view: route.view, pubsub, mailbox: limits, locate, signFlash: tokens.signFlash },
    frame: { scope, connected: true, layout, csrfToken: () => csrf },
    running: {
      ...{ scope, connected: true, signal, development: isDevelopment() },
      ...{ handlerTimeout: limits.handlerTimeout, guards: guardsOf(route) },
    },
    page: pageOf(joining, name),
  })
}

function pageOf(joining: Joining, view: string): Page {
  return {
    push(event, payload) {
      frameSent.emit(() => ({ view, bytes: Buffer.byteLength(JSON.stringify(payload)) }))
      joining.push(event, payload)
    },
    close: () => joining.close(),
    crash: (error) => joining.crash(error),
    refused: (event, reason) => eventRefused.emit(() => ({ view, event, reason })),
  }
}
