import type { Awaitable } from "@bennu/core"
import { type Html, isHtml } from "@bennu/html"
import { andThen } from "./awaitable.ts"
import type { BareConn } from "./conn.ts"
import { NotAcceptableError } from "./errors.ts"
import { chooseFormat, mediaTypeOf } from "./negotiation.ts"
import type { PageParts } from "./page.ts"
import { Reply } from "./reply.ts"
import { withHeaders } from "./response.ts"

type Made<T> = Awaitable<T | Reply | Response>

/** A way to show a value in each format that it is to be had in, the best first. Only the one that is chosen is made. */
export interface Views<T, C extends BareConn = BareConn, J = unknown> {
  /** A page for the scope's layout, markup as it is, or an answer of its own, such as a redirect. */
  readonly html?: ((value: T, conn: C) => Made<Html | PageParts>) | undefined
  readonly json?: ((value: T, conn: C) => Made<J>) | undefined
  readonly text?: ((value: T, conn: C) => Made<string>) | undefined
  /** Any other media type: `"text/csv"`. */
  readonly [type: `${string}/${string}`]:
    | ((value: T, conn: C) => Made<string | Uint8Array>)
    | undefined
}

export interface RenderOptions {
  /** (200) Answers that a view makes itself keep their own. */
  readonly status?: number | undefined
}

/**
 * Answers in the format that the client likes best: `render(conn, { html: () => page, json: () => todos })`. Where
 * `accepts()` ran, its formats are the only ones of the names `html`, `json` and `text`.
 * @throws {NotAcceptableError} (406) when none of them is welcome.
 * @see RFC 9110 §12.5.1, §12.5.5
 */
export function render<C extends BareConn>(
  conn: C,
  views: Views<undefined, C>,
  options?: RenderOptions,
): Awaitable<Response | Reply> {
  return show(conn, undefined, views, options)
}

/** The same for a value that all views are given. @internal */
export function show<T, C extends BareConn>(
  conn: C,
  value: T,
  views: Views<T, C>,
  { status = 200 }: RenderOptions = {},
): Awaitable<Response | Reply> {
  const offered = Object.keys(views)
  const chosen = chooseFormat(conn, offered)
  if (chosen === null) throw new NotAcceptableError(offered.map(mediaTypeOf))
  const answer = andThen(made(chosen, value, views, conn), (result) =>
    answerOf(conn, chosen, result, status),
  )
  return offered.length === 1
    ? answer
    : andThen(answer, (answer) => withHeaders(answer, [["vary", "accept"]]))
}

function made<T, C extends BareConn>(
  format: string,
  value: T,
  views: Views<T, C>,
  conn: C,
): Made<unknown> {
  // `format` is one of its keys, and all of them hold functions of the same arguments
  const view = views[format as keyof Views<T, C>]
  return view?.(value, conn)
}

function answerOf(
  conn: BareConn,
  format: string,
  result: unknown,
  status: number,
): Response | Reply {
  if (Reply.is(result) || result instanceof Response) return result
  return replyOf(conn, format, result).withStatus(status)
}

function replyOf(conn: BareConn, format: string, result: unknown): Reply {
  if (format === "json") return conn.json(result)
  if (format === "html") {
    if (isHtml(result)) return conn.html(result)
    // what the type of a view lets it make beside markup and answers
    return conn.page(result as PageParts)
  }
  if (typeof result !== "string" && !(result instanceof Uint8Array)) {
    throw new TypeError(`the view of ${format} made ${result === null ? "null" : typeof result}`)
  }
  const type = mediaTypeOf(format)
  const charset = type.startsWith("text/") ? "; charset=utf-8" : ""
  return new Reply(200, [["content-type", type + charset]], result)
}
