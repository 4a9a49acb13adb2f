import type { BareConn } from "../conn.ts"
import { type AnyPlug, plugsOf } from "../plug.ts"

/** Under it a plug takes notice of requests that were refused before any plug saw them. @internal */
export const refused: unique symbol = Symbol("refused")

type Noticing = AnyPlug & { readonly [refused]: (conn: BareConn, error: unknown) => void }

/** Tells the plugs that want to know of a request that none of them saw. @internal */
export function tellRefused(before: AnyPlug, conn: BareConn, error: unknown): void {
  for (const plug of plugsOf(before)) if (isNoticing(plug)) plug[refused](conn, error)
}

const isNoticing = (plug: AnyPlug): plug is Noticing => refused in plug
