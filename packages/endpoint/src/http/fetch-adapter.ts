import {
  createConn,
  type Reply,
  requestIdOf,
  requestSource,
  setRequestId,
  toResponse,
} from "@bennu/plug"
import { span } from "@bennu/telemetry"
import { plainRequest } from "../sockets/plain-request.ts"
import { REQUEST } from "../telemetry.ts"
import type { Serving } from "./exchange.ts"
import { healthReply } from "./health.ts"

/** What answers a `Request` needs of an endpoint. */
export type Fetching = Pick<
  Serving,
  "dispatch" | "taken" | "requestId" | "mounts" | "health" | "stopping"
>

/** Answers a request as the server answers what comes over the network: the same plugs, an id, a span. */
export type Fetch = (
  request: Request,
  options?: { readonly remoteAddress?: string | null | undefined },
) => Promise<Response>

export function fetchAdapter(serving: Fetching): Fetch {
  const { dispatch, taken, requestId, mounts, health, stopping } = serving
  return async (request, from) => {
    const source = requestSource(request, from)
    const healthy = health && healthReply(health, source.target, stopping)
    if (healthy) return toResponse(await healthy)
    const conn = createConn(source, taken)
    setRequestId(conn, requestId(null))
    const attributes = () => ({
      "http.request.method": conn.method,
      "url.path": conn.path,
      "bennu.request.id": requestIdOf(conn),
    })
    return span(REQUEST, attributes, async (span) => {
      const answer: Response | Reply =
        (await plainRequest(mounts, source)) ?? (await dispatch(conn))
      span.set({ "http.response.status_code": answer.status })
      const response = toResponse(answer)
      // the headers of a Response that fetch() gave cannot be changed
      const headers = new Headers(response.headers)
      headers.set("x-request-id", requestIdOf(conn))
      return new Response(response.body, { status: response.status, headers })
    })
  }
}
