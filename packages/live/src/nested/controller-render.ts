import type { Secret } from "@bennu/core/crypto"
import { randomToken } from "@bennu/core/crypto"
import { type Html, html } from "@bennu/html"
import { type BareConn, type Conn, nonceOf } from "@bennu/plug"
import { isDevelopment } from "../mode.ts"
import { resolveLiveLimits } from "../options.ts"
import { containerHtml } from "../route/container.ts"
import { NestedNames } from "../route/live-route.ts"
import { pageToken } from "../session.ts"
import { liveTokens } from "../tokens.ts"
import { printMounted } from "./dead-nesting.ts"
import type { Nested } from "./nesting.ts"

/** A view that a controller renders, when its page joins. */
export interface ControllerArrival {
  readonly nested: Nested
  readonly conn: Conn<{ scope: unknown }>
}

const arrivals: unique symbol = Symbol("bennu.live.controller")

/** The view of this id that a controller rendered for a page that joins. */
export function controllerArrival(conn: BareConn, id: string): ControllerArrival | null {
  // only controllerRender writes it
  const known = conn.private.get(arrivals) as Map<string, ControllerArrival> | undefined
  return known?.get(id) ?? null
}

export async function controllerRender(
  conn: Conn<{ scope: unknown }>,
  nested: Nested,
  secret: Secret,
): Promise<Html> {
  const { id, container } = nested
  if (conn.transport === "live") {
    const known = conn.private.get(arrivals)
    // as above
    const all = (known as Map<string, ControllerArrival> | undefined) ?? new Map()
    conn.private.set(arrivals, all.set(id, { nested, conn }))
    return html``
  }
  const tokens = liveTokens(secret)
  const { handlerTimeout } = resolveLiveLimits()
  const { scope } = conn.assigns
  const nonce = nonceOf(conn)
  const page = randomToken(12)
  const printed = await printMounted(nested, {
    allowed: new Set(),
    running: {
      ...{ scope, connected: false, signal: conn.signal, development: isDevelopment() },
      ...{ handlerTimeout, guards: [] },
      handlerBudget: null,
    },
    served: { tokens, nested: new NestedNames(), sessionName: "" },
    ...{ page, url: conn.url, still: false },
    ...{ csrfToken: () => pageToken(conn), nonce },
  })
  const session = tokens.signRoot({ id, target: conn.url.pathname + conn.url.search, nonce, page })
  const fixed = tokens.signStatic(id, {}, true)
  return containerHtml(container, { id, kind: {}, session, static: fixed }, printed)
}
