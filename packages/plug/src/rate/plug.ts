import { event } from "@bennu/telemetry"
import { andThen } from "../awaitable.ts"
import type { BareConn, Conn } from "../conn.ts"
import { keepForErrors } from "../error-headers.ts"
import { RateLimitedError } from "../errors.ts"
import type { Plug } from "../plug.ts"
import { withHeaders } from "../response.ts"
import { addressKey } from "./address.ts"
import { type RateLimit, rateLimiter } from "./limiter.ts"

export interface RateOptions<in A = {}> extends RateLimit {
  /**
   * Whose requests count together (the address's): one text, such as an account that was assigned, or several that
   * count as a pair; `null` for who is not counted.
   */
  readonly key?: ((conn: Conn<A>) => string | readonly string[] | null) | undefined
  /** What a request counts for (1). */
  readonly cost?: ((conn: Conn<A>) => number) | undefined
}

/** A request that was refused because there were too many. */
export interface RateExceeded {
  readonly name: string
  readonly method: string
  readonly path: string
  /** Milliseconds. */
  readonly retryAfter: number
}

/** Tells of every request that a rate refuses. */
export const rateExceeded = event<RateExceeded>("bennu.plug.rate.exceeded")

/** The key of who is at the other end, as `rate` counts by default. */
export const addressOf = (conn: BareConn): string => addressKey(conn.remoteAddress)

/**
 * Refuses requests with 429 beyond a rate, and tells all others how much is left. A store that fails refuses too:
 * its error is the request's.
 * @throws {RateLimitedError} from the plug.
 * @example rate({ store, name: "pages", limit: 100, period: "1m" })
 * @example rate({ …, key: (conn: Conn<{ user: User }>) => [addressOf(conn), conn.assigns.user.id] })
 */
export function rate<A = {}>(options: RateOptions<A>): Plug<A> {
  const { key = addressOf, cost = () => 1, ...limit } = options
  const limiter = rateLimiter(limit)
  return (conn, next) => {
    const whose = key(conn)
    if (whose === null) return next(conn)
    return limiter.take(whose, cost(conn)).then(({ allowed, retryAfter, headers }) => {
      if (!allowed) {
        const { method, path } = conn
        rateExceeded.emit(() => ({ name: limiter.name, method, path, retryAfter }))
        throw new RateLimitedError(limiter.name, retryAfter, headers)
      }
      keepForErrors(conn, headers)
      return andThen(next(conn), (answer) => withHeaders(answer, headers))
    })
  }
}
