import { dispatcher } from "@bennu/plug"
import { type Fetch, fetchAdapter } from "./http/fetch-adapter.ts"
import { requestIds } from "./http/request-id.ts"
import { type EndpointOptions, resolveOptions } from "./options.ts"
import { mounts } from "./sockets/mounts.ts"

/** The options that do not need a server of ours. */
export type FetchEndpointOptions = Pick<
  EndpointOptions,
  | "router"
  | "static"
  | "health"
  | "limits"
  | "before"
  | "methodOverride"
  | "development"
  | "errorPage"
  | "security"
>

/**
 * An endpoint for hosts that bring a server and speak `fetch`: Bun, Deno, workers. Plugs, ids, spans, files and health are as
 * in `endpoint`; connections, TLS, WebSockets and the limits of headers are the host's.
 * @example Bun.serve({ fetch: (request, server) => fetch(request, { remoteAddress: server.requestIP(request)?.address }) })
 * @throws {OptionsError} when an option makes no sense.
 */
export function fetchEndpoint(options: FetchEndpointOptions): { readonly fetch: Fetch } {
  const { router, limits, dispatch, health } = resolveOptions({ ...options, port: 0 })
  const adapter = fetchAdapter({
    dispatch: dispatcher(router, dispatch),
    taken: { maxBodySize: limits.bodyBytes },
    requestId: requestIds(),
    mounts: mounts({}),
    health,
    stopping: () => false,
  })
  // hosts pass on what is theirs behind the request: only ours is read
  return { fetch: (request, from) => adapter(request, { remoteAddress: addressOf(from) }) }
}

const addressOf = (from: unknown): string | null =>
  typeof from === "object" &&
  from !== null &&
  "remoteAddress" in from &&
  typeof from.remoteAddress === "string"
    ? from.remoteAddress
    : null
