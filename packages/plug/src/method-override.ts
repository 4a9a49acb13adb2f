import { andThen } from "./awaitable.ts"
import { withMethod } from "./conn.ts"
import { isForm, parsedBody } from "./parsers/body.ts"
import type { Plug } from "./plug.ts"

const METHODS: ReadonlySet<string> = new Set(["PUT", "PATCH", "DELETE"])

/** @internal */
export const isOverride = (method: string): boolean => METHODS.has(method)

/**
 * Lets forms, which know GET and POST only, send PUT, PATCH and DELETE: as a POST with the field `_method`. `dispatch`
 * does it for paths that have such routes; in `before` it does so for all.
 */
export function methodOverride(): Plug {
  return (conn, next) => {
    if (conn.method !== "POST" || !isForm(conn)) return next(conn)
    return andThen(parsedBody(conn), (body) => {
      const wanted = body.format === "form" ? body.value["_method"] : null
      const method = typeof wanted === "string" ? wanted.toUpperCase() : null
      return next(method !== null && isOverride(method) ? withMethod(conn, method) : conn)
    })
  }
}
