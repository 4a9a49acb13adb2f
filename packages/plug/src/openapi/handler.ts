import type { RouteGroup } from "@bennu/router"
import type { BareConn } from "../conn.ts"
import { Reply } from "../reply.ts"
import type { Handler } from "../routes.ts"
import { type OpenApiOptions, openapi } from "./document.ts"

/**
 * Answers with the description of routes. It is written when it is first asked for.
 * @example router(api, get(path.openapi, openapiHandler(api, { info: { title: "Todos", version: "1.0.0" } })))
 */
export function openapiHandler(
  group: RouteGroup<Handler<{}>>,
  options: OpenApiOptions,
): (conn: BareConn) => Reply {
  let text: string | undefined
  return () => {
    text ??= JSON.stringify(openapi(group, options))
    return new Reply(200, [["content-type", "application/json"]], text)
  }
}
