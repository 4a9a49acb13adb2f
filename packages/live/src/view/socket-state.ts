import type { Flash } from "@bennu/plug"
import type { DefinedComponent } from "../component/defined-component.ts"
import type { Streams } from "../stream/streams.ts"
import type { Subscription } from "../subscription.ts"
import type { Uploads } from "../upload/uploads.ts"
import type { AnySocket, Assigns } from "./defined-view.ts"
import type { AttachedHook } from "./stages.ts"
import type { TaskChange } from "./tasks.ts"

/** An event for the page: `[name, payload]`, and `true` when it comes before the patch. */
export type PageEvent = readonly [name: string, payload: unknown, before?: true]

/** Where a view goes when a callback ends. */
export type Leaving =
  | { readonly kind: "patch" | "navigate"; readonly to: string; readonly replace: boolean }
  | { readonly kind: "redirect"; readonly to: string; readonly external: boolean }

/** What a callback wants to hear from now on, or no more. */
export type SourceChange =
  | { readonly kind: "add"; readonly subscription: Subscription<AnySocket> }
  | { readonly kind: "remove"; readonly name: string }

/** Other props for a component of the view. */
export interface ComponentUpdate {
  readonly definition: DefinedComponent
  readonly id: string
  readonly props: Assigns
}

/** Where the page is: which parameters, by which route. */
export interface Place {
  readonly params: unknown
  readonly action: string | undefined
  readonly url: URL
  /** Path and query parameters as they came. */
  readonly raw: Readonly<Record<string, string>>
}

/** A view's state between two callbacks, and what the last one asked for beside it. */
export interface SocketState extends Place {
  readonly assigns: Assigns
  readonly streams: Streams
  readonly uploads: Uploads
  readonly hooks: readonly AttachedHook[]
  readonly flash: Flash
  /** The flash that this callback put: it goes along when the view leaves. */
  readonly put: Flash
  readonly events: readonly PageEvent[]
  readonly reply: { readonly value: unknown } | null
  readonly leaving: Leaving | null
  readonly sources: readonly SourceChange[]
  readonly tasks: readonly TaskChange[]
  readonly updates: readonly ComponentUpdate[]
  /** Nothing that its page waits for: it may be told with what happens next. */
  readonly later: boolean
}

export const noFlash: Flash = Object.freeze({})

// what a callback asked for, when it asked for nothing
const nothing: Pick<
  SocketState,
  "put" | "events" | "reply" | "leaving" | "sources" | "tasks" | "updates" | "later"
> = Object.freeze({
  ...{ put: noFlash, events: [], reply: null, leaving: null },
  ...{ sources: [], tasks: [], updates: [], later: false },
})

/** Where a mount starts from. */
export function firstState(
  place: Place,
  flash: Flash,
  { streams, uploads }: Pick<SocketState, "streams" | "uploads">,
): SocketState {
  const { params, action, url, raw } = place
  const assigns = Object.freeze({})
  return { params, action, url, raw, assigns, streams, uploads, flash, hooks: [], ...nothing }
}

/** What is left of a state for the next callback: what the last one asked for has been done. */
export const settled = (state: SocketState): SocketState =>
  asksNothing(state) ? state : { ...state, ...nothing }

// name by name: each event asks this
const asksNothing = (state: SocketState): boolean =>
  state.put === nothing.put &&
  state.events === nothing.events &&
  state.reply === nothing.reply &&
  state.leaving === nothing.leaving &&
  state.sources === nothing.sources &&
  state.tasks === nothing.tasks &&
  state.updates === nothing.updates &&
  state.later === nothing.later

/** The same state, as if something had been assigned. */
export const touched = (state: SocketState): SocketState => ({
  ...state,
  assigns: Object.freeze({ ...state.assigns }),
})
