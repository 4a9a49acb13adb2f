import type { Router } from "@bennu/router"
import { createConn } from "./conn.ts"
import { type DispatchOptions, dispatcher } from "./dispatch.ts"
import { toResponse } from "./response.ts"
import type { Handler } from "./routes.ts"
import { requestSource } from "./source.ts"

/** An app as the Web platform knows it. */
export interface App {
  /** Answers a request. It never rejects: what goes wrong is an error page. */
  fetch(request: Request): Promise<Response>
}

export interface AppOptions extends DispatchOptions {
  /** How many bytes `conn.request` gives at most (8 MB). */
  readonly maxBodySize?: number | undefined
}

/** Serves a router wherever `fetch` is spoken: in tests, in workers, behind any server. */
export function app(router: Router<Handler<{}>>, options: AppOptions = {}): App {
  const { maxBodySize } = options
  const answer = dispatcher(router, options)
  return {
    async fetch(request) {
      const conn = createConn(requestSource(request), { maxBodySize })
      return toResponse(await answer(conn))
    },
  }
}
