import { renderDiff, renderFull } from "../diff/diff.ts"
import type { Memory } from "../diff/memory.ts"
import type { DefinedView } from "../view/defined-view.ts"
import type { PageEvent, SocketState } from "../view/socket-state.ts"
import { type Frame, titleOf, viewHtml } from "./view-html.ts"

/** A tree or a diff, with what travels beside it: `t` the title, `e` events, `r` a reply. */
export type WireFrame = Readonly<Record<string, unknown>>

/** Knows what a page holds, and says what it lacks. */
export class ViewRenderer {
  readonly #view: DefinedView
  readonly #frame: Frame
  #memory: Memory | null = null
  #title: string | undefined
  #shown: SocketState | null = null

  constructor(view: DefinedView, frame: Frame) {
    this.#view = view
    this.#frame = frame
  }

  /** The whole view, for a page that joins. */
  full(state: SocketState, events: readonly PageEvent[]): WireFrame {
    const { tree, memory } = renderFull(viewHtml(this.#view, state, this.#frame))
    this.#memory = memory
    return this.#beside(tree, state, events)
  }

  /** What changed since the last frame; null when the page has it all. */
  diff(
    state: SocketState,
    events: readonly PageEvent[],
    reply: SocketState["reply"] = null,
  ): WireFrame | null {
    const frame = this.#beside(this.#changes(state), state, events)
    if (reply) return { ...frame, r: reply.value ?? null }
    return Object.keys(frame).length > 0 ? frame : null
  }

  /** The page was sent what this state forgot since. */
  forgot(state: SocketState): void {
    this.#shown = state
  }

  #changes(state: SocketState): object {
    // what is drawn depends on nothing else
    const shown = this.#shown
    const same =
      shown?.assigns === state.assigns &&
      shown.flash === state.flash &&
      shown.url === state.url &&
      shown.streams === state.streams
    if (same || this.#memory === null) return {}
    const { diff, memory } = renderDiff(this.#memory, viewHtml(this.#view, state, this.#frame))
    this.#memory = memory
    return diff ?? {}
  }

  #beside(tree: object, state: SocketState, events: readonly PageEvent[]): WireFrame {
    this.#shown = state
    const title = titleOf(this.#view, state)
    const changed = title !== undefined && title !== this.#title
    this.#title = title
    return { ...tree, ...(changed && { t: title }), ...(events.length > 0 && { e: events }) }
  }
}
