import { andThen } from "../awaitable.ts"
import type { Plug } from "../plug.ts"
import { type CompressionOptions, compression } from "./compression.ts"

/**
 * Makes pages, JSON and streams smaller on their way, by zstd, Brotli or gzip. Put it in `before` of the endpoint, so that
 * it runs around whatever changes answers; a scope that takes it compresses what is in it.
 * @example endpoint({ router, port, before: pipeline(logRequests(), compress()) })
 */
export function compress(options: CompressionOptions = {}): Plug {
  const compressed = compression(options)
  return (conn, next) => {
    // a live view's frames are not an answer
    if (conn.transport === "live") return next(conn)
    return andThen(next(conn), (answer) => compressed(conn, answer))
  }
}
