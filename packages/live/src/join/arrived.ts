import { type BareConn, type Conn, Reply } from "@bennu/plug"
import type { LiveRoute } from "../route/live-route.ts"

/** A joining view that the pipeline let through. */
export interface Arrived {
  readonly route: LiveRoute
  readonly conn: Conn<{ scope: unknown }>
}

const arrivedKey: unique symbol = Symbol("bennu.live.arrived")

/** What stands at the end of the pipeline when a view joins: it says who came through. */
export function arriveLive<S>(conn: Conn<{ scope: S }>, route: LiveRoute): Reply {
  conn.private.set(arrivedKey, { route, conn } satisfies Arrived)
  return new Reply(204, [], null)
}

/** Who came through the pipeline to a live view; null if nobody did. */
export function arrivedAt(conn: BareConn): Arrived | null {
  // only arriveLive writes it
  return (conn.private.get(arrivedKey) as Arrived | undefined) ?? null
}
