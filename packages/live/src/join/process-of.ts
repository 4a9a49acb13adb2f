import type { Joining } from "@bennu/channels"
import { csrfTokenOf } from "@bennu/plug"
import { isDevelopment } from "../mode.ts"
import { liveLayoutOf } from "../render/view-html.ts"
import { liveRouteOf, servedBy } from "../route/live-route.ts"
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
  const { scope } = conn.assigns
  const { limits, sessionName } = servedBy(route)
  const { topic: name, signal } = joining
  const layout = liveLayoutOf(route.view, route.session?.layout ?? null)
  const csrfToken = () => csrfTokenOf(conn)

  /** What another path shows, if it is this view in this live session. */
  function locate(target: string): Address | null {
    const url = URL.parse(target, conn.origin)
    const match = url && router.match("GET", url.pathname)
    const other = match && liveRouteOf(match.route)
    if (!other || other.view !== route.view || servedBy(other).sessionName !== sessionName)
      return null
    return { params: match.params, url, action: other.action }
  }

  return new ViewProcess({
    ...{ name, view: route.view, pubsub, mailbox: limits, locate, signFlash: tokens.signFlash },
    frame: { scope, connected: true, layout, csrfToken },
    running: {
      ...{ scope, connected: true, signal, development: isDevelopment() },
      handlerTimeout: limits.handlerTimeout,
    },
    page: pageOf(joining),
  })
}

function pageOf(joining: Joining): Page {
  return {
    push(event, payload) {
      frameSent.emit(() => ({
        view: joining.topic,
        bytes: Buffer.byteLength(JSON.stringify(payload)),
      }))
      joining.push(event, payload)
    },
    close: () => joining.close(),
    crash: (error) => joining.crash(error),
    refused: (event, reason) => eventRefused.emit(() => ({ view: joining.topic, event, reason })),
  }
}
