import { type Html, html, raw } from "@bennu/html"
import type { BareConn } from "./conn.ts"
import { csrfTokenOf } from "./csrf/token.ts"
import { nonceOf } from "./nonce.ts"
import { type Flash, flashOf } from "./session/flash.ts"
import { hasSession } from "./session/state.ts"

/** What a root layout is given. `flash` and `csrfToken` are made when they are read, so that a page without them sets no cookie. */
export interface Page {
  readonly title: string
  readonly head: Html
  readonly content: Html
  readonly flash: Flash
  readonly csrfToken: string
  /** For `<script nonce="${nonce}">`. */
  readonly nonce: string
  /** The request that is answered, for what a document shows of it: a cookie's theme, its own address. */
  readonly conn: BareConn
}

/** The document around a page. */
export type Layout = (page: Page) => Html

/** What a handler tells about its page. */
export interface PageParts {
  readonly title: string
  /** More for the document's head. */
  readonly head?: Html | undefined
  readonly content: Html
}

const layoutKey: unique symbol = Symbol("layout")

/** The root layout of the scope that the request is in, or `null`. */
export function layoutOf(conn: BareConn): Layout | null {
  const layout = conn.private.get(layoutKey)
  // only setLayout writes it
  return layout === undefined ? null : (layout as Layout)
}

/** @internal */
export function setLayout(conn: BareConn, layout: Layout): void {
  conn.private.set(layoutKey, layout)
}

/** Puts a page into the scope's layout. */
export function renderPage(conn: BareConn, { title, head = raw(""), content }: PageParts): Html {
  const layout = layoutOf(conn) ?? plain
  return layout({
    conn,
    title,
    head,
    content,
    get flash() {
      return hasSession(conn) ? flashOf(conn) : {}
    },
    get csrfToken() {
      return hasSession(conn) ? csrfTokenOf(conn) : ""
    },
    get nonce() {
      return nonceOf(conn)
    },
  })
}

const plain: Layout = ({ title, head, content }) => html`<!doctype html>
<html>
  <head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title>${head}</head>
  <body>${content}</body>
</html>
`
