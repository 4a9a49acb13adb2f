import { event } from "@bennu/telemetry"
import { andThen } from "../awaitable.ts"
import type { BareConn, Conn } from "../conn.ts"
import { keepForErrors } from "../error-headers.ts"
import { RateLimitedError } from "../errors.ts"
import type { Plug } from "../plug.ts"
import { withHeaders } from "../response.ts"
import { addressKey } from "./address.ts"
import { type RateLimit, rateLimiter } from "./limiter.ts"

export interface RateOptions<C extends BareConn = BareConn> extends RateLimit {
  /**
   * Whose requests count together (the address's): one text, or several that count as a pair; `null` for who is not
   * counted.
   */
  readonly key?: ((conn: C) => string | readonly string[] | null) | undefined
  /** What a request counts for (1). */
  readonly cost?: ((conn: C) => number) | undefined
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
 */
export function rate(options: RateOptions): Plug {
  return limited(options)
}

/**
 * The same for a key that reads what plugs before it assigned: an account, or the pair of address and account. Give it
 * a name before you put it into a pipeline: TypeScript infers no generic call in place.
 * @example rateBy((conn: Conn<{ user: User }>) => [addressOf(conn), conn.assigns.user.id], { store, name: "api", … })
 */
export function rateBy<A>(
  key: (conn: Conn<A>) => string | readonly string[] | null,
  options: Omit<RateOptions<Conn<A>>, "key">,
): Plug<A> {
  return limited({ ...options, key })
}

function limited<A>(options: RateOptions<Conn<A>>): Plug<A> {
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
