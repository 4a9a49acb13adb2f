import type { BareConn } from "./conn.ts"
import type { HeaderPairs } from "./reply.ts"

const errorHeadersKey: unique symbol = Symbol("error headers")

/** Headers that an error page has as well: plugs add theirs to answers, and an error passes them by. @internal */
export function keepForErrors(conn: BareConn, headers: HeaderPairs): void {
  conn.private.set(errorHeadersKey, [...errorHeadersOf(conn), ...headers])
}

/** @internal */
export function errorHeadersOf(conn: BareConn): HeaderPairs {
  const headers = conn.private.get(errorHeadersKey)
  // only keepForErrors writes it
  return headers === undefined ? [] : (headers as HeaderPairs)
}
