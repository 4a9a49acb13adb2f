import type { Router } from "@bennu/router"
import type { BareConn } from "../conn.ts"
import { hostOf } from "../host.ts"
import { type AnyPlug, plugsOf } from "../plug.ts"
import type { Reply } from "../reply.ts"
import { type Handler, scopeOf } from "../routes.ts"

/** Under it a plug says how it answers preflights of the routes behind it. @internal */
export const preflight: unique symbol = Symbol("preflight")

type Answering = AnyPlug & { readonly [preflight]: (conn: BareConn) => Reply }

/**
 * Answers a preflight by the `cors()` of the route that it asks about. Only that plug is asked: neither the rest of
 * the pipeline nor the handler runs. @internal
 */
export function preflightReply(router: Router<Handler<{}>>, conn: BareConn): Reply | null {
  if (conn.method !== "OPTIONS" || conn.header("origin") === null) return null
  const wanted = conn.header("access-control-request-method")
  const match = wanted === null ? null : router.match(wanted, conn.path, hostOf(conn))
  const through = match === null ? null : (scopeOf(match.route)?.through ?? null)
  if (through === null) return null
  return plugsOf(through).find(isAnswering)?.[preflight](conn) ?? null
}

const isAnswering = (plug: AnyPlug): plug is Answering => preflight in plug
