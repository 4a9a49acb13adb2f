import type { Awaitable } from "@bennu/core"
import type { Html } from "@bennu/html"
import { span } from "@bennu/telemetry"
import type { Components } from "../component/components.ts"
import { chained } from "../view/chained.ts"
import type { DefinedView } from "../view/defined-view.ts"
import type { ViewProcessOptions } from "../view/page.ts"
import type { PageEvent, SocketState } from "../view/socket-state.ts"
import { type Frame, titleOf, viewHtml } from "./view-html.ts"

/** A tree or a diff, with what travels beside it: `t` the title, `e` events, `r` a reply. */
export type WireFrame = Readonly<Record<string, unknown>>

/** What a frame takes along beside what changed. It is asked for last: components push events while they are drawn. */
export interface Beside {
  readonly events: () => readonly PageEvent[]
  /** Called when something was drawn, before it is asked for events. */
  readonly drawn: () => Awaitable<void>
  readonly reply?: SocketState["reply"]
}

/** Which view, and around what. */
type Seen = Pick<ViewProcessOptions, "name" | "view" | "frame">

/** Knows what a page holds, and says what it lacks. */
export class ViewRenderer {
  readonly #name: string
  readonly #view: DefinedView
  readonly #frame: Frame
  readonly #components: Components
  #title: string | undefined
  #shown: SocketState | null = null

  constructor({ name, view, frame }: Seen, components: Components) {
    this.#name = name
    this.#view = view
    this.#frame = frame
    this.#components = components
  }

  /** The state that its page was told last. */
  get shown(): SocketState | null {
    return this.#shown
  }

  /** The whole view, for a page that joins. */
  full(state: SocketState, beside: Beside): Awaitable<WireFrame> {
    const sent = this.#compared(this.#rendered(state), true)
    return chained(sent, ([tree = {}]) =>
      chained(beside.drawn(), () => ({ ...tree, ...this.#beside(state, beside) })),
    )
  }

  /** What changed since the last frame, in as many frames as it takes; what goes along is in the last. None when the page has it all. */
  diff(state: SocketState, beside: Beside): Awaitable<readonly WireFrame[]> {
    return chained(this.#changes(state), (frames) => {
      // they are objects whose keys are the wire's
      const told = frames as readonly WireFrame[]
      const drawn = frames.length > 0 ? beside.drawn() : undefined
      return chained(drawn, () => this.#withAlong(told, state, beside))
    })
  }

  #withAlong(told: readonly WireFrame[], state: SocketState, beside: Beside): readonly WireFrame[] {
    const along = this.#beside(state, beside)
    return along ? [...told.slice(0, -1), { ...told.at(-1), ...along }] : told
  }

  /** The page was sent what this state forgot since. */
  forgot(state: SocketState): void {
    const flash = this.#shown?.flash ?? state.flash
    this.#shown = flash === state.flash ? state : { ...state, flash }
  }

  #changes(state: SocketState): Awaitable<readonly object[]> {
    // what is drawn depends on nothing else
    const shown = this.#shown
    const same =
      shown?.assigns === state.assigns &&
      shown.flash === state.flash &&
      shown.url === state.url &&
      shown.streams === state.streams &&
      shown.uploads === state.uploads
    return this.#compared(same ? null : this.#rendered(state), false)
  }

  #rendered(state: SocketState): Html {
    const attributes = () => ({ view: this.#name })
    return span("bennu.live.view.render", attributes, () =>
      viewHtml(this.#view, state, this.#frame),
    )
  }

  /** What the page lacks of some markup, and of the components that changed. */
  #compared(html: Html | null, whole: boolean): Awaitable<readonly object[]> {
    const attributes = () => ({ view: this.#name, whole })
    return span("bennu.live.view.diff", attributes, () => this.#components.send(html))
  }

  /** What goes along with a frame that shows a state. */
  #beside(state: SocketState, { events, reply }: Beside): WireFrame | null {
    this.#shown = state
    const title = titleOf(this.#view, state)
    const changed = title !== undefined && title !== this.#title
    this.#title = title
    const pushed = events()
    if (!changed && pushed.length === 0 && !reply) return null
    return {
      ...(changed && { t: title }),
      ...(pushed.length > 0 && { e: pushed }),
      ...(reply && { r: reply.value ?? null }),
    }
  }
}
