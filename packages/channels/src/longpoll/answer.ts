import type { HttpAnswer, UpgradeRequest } from "../transport.ts"

const headers: Readonly<Record<string, string>> = {
  "content-type": "application/json; charset=utf-8",
  // Who may ask is decided by the origin check, which sees the same origin as a browser does
  "access-control-allow-origin": "*",
  "cache-control": "no-store",
}

/** What a client goes by is the status within: HTTP's own is always 200. */
export const answerOf = (status: number, more: object = {}): HttpAnswer =>
  answerWith(JSON.stringify({ status, ...more }))

/** An answer that was made before, on another node. */
export const answerWith = (body: string): HttpAnswer => ({ status: 200, headers, body })

/** Allows what a browser asks about before it sends a header of its own to another origin. */
export function preflight(request: UpgradeRequest): HttpAnswer {
  const asked = request.header("access-control-request-headers")
  return {
    status: 200,
    headers: {
      ...headers,
      "access-control-allow-methods": "get, post, options",
      "access-control-max-age": "3600",
      ...(asked !== null && isListOfNames(asked) ? { "access-control-allow-headers": asked } : {}),
    },
    body: "",
  }
}

const isListOfNames = (text: string): boolean =>
  text.length <= 1_000 && /^[A-Za-z0-9!#$%&'*+.^_`|~, -]*$/.test(text)
