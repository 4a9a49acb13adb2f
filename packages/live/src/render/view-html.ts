import type { Html } from "@bennu/html"
import type { Flash } from "@bennu/plug"
import type { LiveLayout, LivePage, Rendering } from "../live-view.ts"
import type { StreamRows } from "../stream/stream-rows.ts"
import type { Upload } from "../upload/upload.ts"
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

/** What is read by the view and by what stands around it. */
class Shown {
  readonly flash: Flash
  readonly action: string | undefined
  readonly url: URL
  readonly nonce: string
  readonly #csrfToken: () => string

  constructor({ flash, action, url }: SocketState, { nonce, csrfToken }: Frame) {
    this.flash = flash
    this.action = action
    this.url = url
    this.nonce = nonce
    this.#csrfToken = csrfToken
  }

  /** Asked for by those who need it: a page without forms needs no session. */
  get csrfToken(): string {
    return this.#csrfToken()
  }
}

class Page extends Shown implements Rendering<Record<string, unknown>, Record<string, unknown>> {
  readonly connected: boolean
  readonly streams: Readonly<Record<string, StreamRows>>
  readonly uploads: Readonly<Record<string, Upload>>

  constructor(state: SocketState, frame: Frame) {
    super(state, frame)
    this.connected = frame.connected
    this.streams = state.streams.rows(frame.connected)
    this.uploads = state.uploads.shown
  }
}

class Around extends Shown implements LivePage {
  readonly content: Html
  readonly scope: unknown

  constructor(content: Html, state: SocketState, frame: Frame) {
    super(state, frame)
    this.content = content
    this.scope = frame.scope
  }
}

/** The view's markup, with its live layout around it. */
export function viewHtml(view: DefinedView, state: SocketState, frame: Frame): Html {
  const content = view.definition.render(state.assigns, view.refs, new Page(state, frame))
  return frame.layout ? frame.layout(new Around(content, state, frame)) : content
}

/** The page's title; undefined where the view has none. */
export function titleOf(view: DefinedView, state: SocketState): string | undefined {
  const { title } = view.definition
  return typeof title === "function" ? title(state.assigns) : title
}
