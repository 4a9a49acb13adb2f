import type { Html } from "@bennu/html"
import type { LiveLayout, LivePage, Rendering } from "../live-view.ts"
import type { DefinedView } from "../view/defined-view.ts"
import type { SocketState } from "../view/socket-state.ts"

/** What a view is rendered with, beside its state. */
export interface Frame {
  readonly scope: unknown
  readonly connected: boolean
  /** Around the view, or nothing. */
  readonly layout: LiveLayout | null
  readonly csrfToken: () => string
  /** Of the document that the view stands in. */
  readonly nonce: string
}

/** The layout that stands around a view: its own word counts, then its live session's. */
export function liveLayoutOf(view: DefinedView, session: LiveLayout | null): LiveLayout | null {
  const own = view.definition.layout
  return own === undefined ? session : own || null
}

/** The view's markup, with its live layout around it. */
export function viewHtml(view: DefinedView, state: SocketState, frame: Frame): Html {
  const { scope, connected, layout, csrfToken, nonce } = frame
  const { assigns, flash, action, url, streams, uploads } = state
  const page: Rendering<Record<string, unknown>, Record<string, unknown>> = {
    ...{ flash, action, url, connected, nonce },
    streams: streams.rows(connected),
    uploads: uploads.shown,
    // read only by those who need it: a page without forms needs no session
    get csrfToken() {
      return csrfToken()
    },
  }
  const content = view.definition.render(assigns, view.refs, page)
  if (!layout) return content
  const around: LivePage = {
    ...{ content, flash, scope, url, action, nonce },
    get csrfToken() {
      return csrfToken()
    },
  }
  return layout(around)
}

/** The page's title; undefined where the view has none. */
export function titleOf(view: DefinedView, state: SocketState): string | undefined {
  const { title } = view.definition
  return typeof title === "function" ? title(state.assigns) : title
}
