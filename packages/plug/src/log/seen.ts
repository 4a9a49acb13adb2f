import type { Match } from "@bennu/router"
import type { BareConn } from "../conn.ts"
import { type AnyPlug, plugsOf } from "../plug.ts"

type Found = Pick<Match<unknown>, "params" | "route">

const matchKey: unique symbol = Symbol("match")

/** Lets the router's finding be kept: most requests have nobody who asks. @internal */
export function askForMatch(conn: BareConn): void {
  conn.private.set(matchKey, null)
}

/** @internal */
export function keepMatch(conn: BareConn, match: Found): void {
  if (conn.private.has(matchKey)) conn.private.set(matchKey, match)
}

/** The route that a request was for, where `askForMatch` was called. @internal */
export function matchOf(conn: BareConn): Found | null {
  // only askForMatch and keepMatch write it
  return (conn.private.get(matchKey) as Found | null | undefined) ?? null
}

/** Under it a plug takes notice of requests that were refused before any plug saw them. @internal */
export const refused: unique symbol = Symbol("refused")

type Noticing = AnyPlug & { readonly [refused]: (conn: BareConn, error: unknown) => void }

/** Tells the plugs that want to know of a request that none of them saw. @internal */
export function tellRefused(before: AnyPlug, conn: BareConn, error: unknown): void {
  for (const plug of plugsOf(before)) if (isNoticing(plug)) plug[refused](conn, error)
}

const isNoticing = (plug: AnyPlug): plug is Noticing => refused in plug
