import { randomToken } from "@bennu/core/crypto"
import { andThen } from "./awaitable.ts"
import { type BareConn, exchangeOf } from "./conn.ts"
import { keepForErrors } from "./error-headers.ts"
import type { Plug } from "./plug.ts"
import { withHeaders } from "./response.ts"

/** What names this request in logs and on error pages; made when first asked for. */
export function requestIdOf(conn: BareConn): string {
  const exchange = exchangeOf(conn)
  exchange.id ??= randomToken()
  return exchange.id
}

/** Names the request: for an endpoint that gave it a name already. */
export function setRequestId(conn: BareConn, id: string): void {
  exchangeOf(conn).id = id
}

// what may stand in a log line as it is
const GIVEN = /^[A-Za-z0-9_.:-]{8,200}$/

export interface RequestIdOptions {
  /** Takes the id that a trusted proxy gives in `x-request-id` (`false`). */
  readonly accept?: boolean | undefined
}

/** Answers with the request's id in `x-request-id`. */
export function requestId({ accept = false }: RequestIdOptions = {}): Plug {
  return (conn, next) => {
    const given = accept ? conn.header("x-request-id") : null
    if (given !== null && GIVEN.test(given)) setRequestId(conn, given)
    const headers = [["x-request-id", requestIdOf(conn)]] as const
    keepForErrors(conn, headers)
    return andThen(next(conn), (answer) => withHeaders(answer, headers))
  }
}
