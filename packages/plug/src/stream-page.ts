import type { Hole } from "@bennu/html"
import { stream } from "@bennu/html/stream"
import type { BareConn } from "./conn.ts"
import { nonceOf } from "./nonce.ts"
import { type PageParts, renderPage } from "./page.ts"
import { Reply } from "./reply.ts"

export interface StreamPageOptions {
  /** Waits for each part where it stands, so that the page needs no script: for readers without JavaScript (`false`). */
  readonly inOrder?: boolean | undefined
  /** What stands for a part that failed. Without it the answer breaks off there. */
  readonly onError?: ((error: unknown) => Hole) | undefined
}

/**
 * Answers with a page inside of the scope's layout, and sends it while parts of it are still being made: those that
 * `later()` of `@bennu/html/stream` stands for. What needs no waiting is on its way at once. Parts with a placeholder come
 * as they are ready, put in their place by a script with the page's nonce.
 *
 * Status, cookies and flash are sent before the parts are made: decide them before.
 * @example streamPage(conn, { title: "Report", content: html`<h1>Report</h1>${later(rows())}` })
 */
export function streamPage(
  conn: BareConn,
  parts: PageParts,
  { inOrder = false, onError }: StreamPageOptions = {},
): Reply {
  const nonce = inOrder ? undefined : nonceOf(conn)
  const body = stream(renderPage(conn, parts), { signal: conn.signal, nonce, onError })
  return new Reply(200, [["content-type", "text/html; charset=utf-8"]], body)
}
