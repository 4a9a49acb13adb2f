import { type Html, html, toString as print } from "@bennu/html"
import { type BareConn, isConn, latestAssigns } from "./conn.ts"
import { errorHeadersOf } from "./error-headers.ts"
import type { Failure } from "./failure.ts"
import { errorHeaders, errorHeadersFor } from "./headers/error-headers.ts"
import type { securityHeaders } from "./headers/security-headers.ts"
import { loggable } from "./log/filter.ts"
import { formatOf, negotiate } from "./negotiation.ts"
import { nonceOf } from "./nonce.ts"
import { type HeaderPairs, Reply } from "./reply.ts"
import { merged } from "./response.ts"
import { type SourceFrame, sourceFrame } from "./source-frame.ts"

/** Makes a failure's page: your own, in your own words. It must not fail itself. */
export type ErrorPage = (failure: Failure, nonce: string) => Html

export interface ErrorReplyOptions {
  /** Shows message, hint and stack to whoever asks. */
  readonly development: boolean
  readonly page?: ErrorPage | undefined
  /** The headers of requests that no `secureHeaders()` saw. */
  readonly headers?: ReturnType<typeof securityHeaders> | undefined
}

const defaults = errorHeaders({})

/** Answers with a failure: problem+json (RFC 9457) to who wants JSON, a page to everybody else. */
export function errorReply(conn: BareConn, failure: Failure, options: ErrorReplyOptions): Reply {
  const nonce = nonceOf(conn)
  const headersOf = errorHeadersFor(conn, options.headers ?? defaults)
  const headers: HeaderPairs = merged(
    [
      ...failure.headers,
      ["cache-control", "no-store"],
      ...headersOf({ nonce, secure: conn.origin.startsWith("https:") }),
    ],
    errorHeadersOf(conn),
  )
  if (wantsJson(conn)) {
    const body = JSON.stringify(problem(failure, options.development))
    return new Reply(
      failure.status,
      [["content-type", "application/problem+json"], ...headers],
      body,
    )
  }
  const page = options.development
    ? developmentPage(conn, failure, nonce)
    : (options.page ?? plainPage)(failure, nonce)
  return new Reply(
    failure.status,
    [["content-type", "text/html; charset=utf-8"], ...headers],
    print(page),
  )
}

function wantsJson(conn: BareConn): boolean {
  const format = formatOf(conn)
  if (format !== null) return format === "json"
  const wanted = negotiate(conn.header("accept"), [
    "text/html",
    "application/json",
    "application/problem+json",
  ])
  return wanted !== null && wanted !== "text/html"
}

function problem(
  { title, status, code, detail, issues, reference, error }: Failure,
  development: boolean,
) {
  return {
    type: "about:blank",
    title,
    status,
    code,
    ...(detail === null ? {} : { detail }),
    ...(issues.length === 0 ? {} : { errors: issues }),
    reference,
    ...(development ? { debug: described(error) } : {}),
  }
}

const described = (error: unknown) =>
  error instanceof Error
    ? { message: error.message, hint: hintOf(error), stack: stackOf(error) }
    : { message: String(error), hint: null, stack: "" }

/** With what was thrown beneath, five deep at most: causes may go round in circles. */
function stackOf(error: Error): string {
  const stacks: string[] = []
  for (let at: unknown = error; at !== undefined && stacks.length < 5; ) {
    stacks.push(at instanceof Error ? (at.stack ?? at.message) : String(at))
    at = at instanceof Error ? at.cause : undefined
  }
  return stacks.join("\n\nCaused by: ")
}

const hintOf = (error: Error): string | null =>
  "hint" in error && typeof error.hint === "string" ? error.hint : null

const style = (nonce: string): Html => html`<style nonce="${nonce}">
  :root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif }
  body { max-width: 60rem; margin: 10vh auto; padding: 0 1.5rem; overflow-wrap: anywhere }
  h1 { font-size: 1.5rem; text-wrap: balance }
  h2 { font-size: 1rem }
  pre { overflow-x: auto; padding: 1rem; border: 1px solid #8886; border-radius: .5rem }
  small { opacity: .7 }
  mark { display: inline-block; min-width: 100%; color: inherit; background: light-dark(#fdf0b4, #55470f) }
</style>`

const plainPage: ErrorPage = ({ status, title, reference }, nonce) => html`<!doctype html>
<html lang="en">
  <head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title>${style(nonce)}</head>
  <body><main><h1>${status} ${title}</h1><p><small>Reference ${reference}</small></p></main></body>
</html>
`

function developmentPage(
  conn: BareConn,
  { status, title, reference, issues, error }: Failure,
  nonce: string,
): Html {
  const { message, hint, stack } = described(error)
  const frame = error instanceof Error ? sourceFrame(error) : null
  const assigned = assignsOf(conn)
  return html`<!doctype html>
<html lang="en">
  <head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${message}</title>${style(nonce)}</head>
  <body><main>
    <p><small>${status} ${title} · ${conn.method} ${conn.path}</small></p>
    <h1>${message}</h1>
    ${hint === null ? null : html`<p>${hint}</p>`}
    ${issues.map(({ path, message }) => html`<p><code>${path}</code> ${message}</p>`)}
    ${frame === null ? null : framed(frame)}
    <pre tabindex="0">${stack}</pre>
    ${assigned === "" ? null : html`<h2>Assigned</h2><pre tabindex="0">${assigned}</pre>`}
    <p><small>Reference ${reference}. This page is shown because NODE_ENV is not "production".</small></p>
  </main></body>
</html>
`
}

/** What plugs assigned, without what sounds like a secret: pages are shown around. */
function assignsOf(conn: BareConn): string {
  try {
    const assigns = isConn(conn) ? latestAssigns(conn) : undefined
    return assigns === undefined ? "" : JSON.stringify(loggable(assigns), null, 2)
  } catch {
    // a getter may fail, and this page must not
    return ""
  }
}

const framed = ({ file, line, lines }: SourceFrame): Html => html`
    <p><code>${file}:${line}</code></p>
    <pre tabindex="0">${lines.map(({ number, text }) => {
      const row = `${String(number).padStart(5)}  ${text}`
      return number === line ? html`<mark>${row}</mark>\n` : html`${row}\n`
    })}</pre>`
