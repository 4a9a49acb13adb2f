import type { Awaitable, Result } from "@bennu/core"
import { type Html, type Renderable, rendered } from "@bennu/html"
import type { ClientHook } from "../client-hook.ts"
import type { ClientStyle } from "../client-style.ts"
import type { EventHandlers, EventRefs, EventsOf, ProgressHandlers } from "../live-view.ts"
import type { LiveSocket, Mounting } from "../socket.ts"
import type { ComponentStash } from "../stash/stash.ts"
import type { StreamRowsOf, StreamsOf } from "../stream/stream-options.ts"
import type { Handled, Subscription } from "../subscription.ts"
import type { UploadsOf } from "../upload/upload-options.ts"
import type { ShownUploads } from "../upload/upload-socket.ts"

/** The socket of a live component: its own state, and what its view can do. */
export interface ComponentSocket<A, S, P, R = {}, U = {}> extends LiveSocket<A, S, R, U> {
  readonly props: P
  readonly id: string
}

/** What a component's `mount` is given; the assigns are what it returns. */
export interface ComponentMount<S, P, R = {}> extends Mounting<S, R> {
  readonly props: P
  readonly id: string
  /** What its `stash` kept is put in place of what this returns. */
  readonly restored: boolean
}

/** Where events of a component go, for `phx-target` and `JS.push`. References to its own events bring it along. */
export class ComponentTarget implements Renderable {
  readonly #cid: number
  constructor(cid: number) {
    this.#cid = cid
  }
  [rendered](): string {
    return this.toString()
  }
  toString(): string {
    return String(this.#cid)
  }
}

/** What a component's `render` gets beside its state and its events. */
export interface ComponentRendering<R = {}, U = {}> {
  readonly id: string
  readonly myself: ComponentTarget
  /** Show each with `each`, in an element with an id and `phx-update="stream"`. */
  readonly streams: StreamRowsOf<R>
  readonly uploads: ShownUploads<U>
}

/** What a component is given, what it may be sent, how it starts, how it answers, how it looks. */
export interface LiveComponentDefinition<S, A extends object, P, E, R = {}, U = {}> {
  readonly props?: Props<P>
  readonly events?: EventsOf<S, E>
  readonly streams?: StreamsOf<R>
  /** Files that the page may send to it. */
  readonly uploads?: UploadsOf<S, U>
  /** The live components that its markup may hold. */
  readonly components?: readonly LiveComponent<S, never>[]
  /** The hooks of the page that its markup names: how `clientHooks` finds them. */
  readonly hooks?: readonly ClientHook[]
  /** Rules for its markup: how `clientStyles` finds them. */
  readonly styles?: readonly ClientStyle[]
  /** Makes the assigns, when the component is first rendered; one without state needs none. */
  mount?(mount: ComponentMount<S, P, R>): Awaitable<A>
  /** After other props came, from what is around it or by `sendUpdate`; `socket.props` has them. */
  update?(
    socket: ComponentSocket<A, S, P, R, U>,
    previous: P,
  ): Handled<ComponentSocket<A, S, P, R, U>>
  /**
   * In place of `update`, for all components of this kind at once that a rendering gave other props, or their first: what a hundred rows
   * need is read by one query. It gives back the sockets that it was given, changed, in the same order.
   */
  updateMany?(
    sockets: readonly ComponentSocket<A, S, P, R, U>[],
  ): Awaitable<readonly ComponentSocket<A, S, P, R, U>[]>
  readonly handleEvent?: EventHandlers<ComponentSocket<A, S, P, R, U>, NoInfer<E>>
  /** What outlives the process, kept with what its view keeps, and put in place of what `mount` returns. */
  readonly stash?: ComponentStash<NoInfer<A>>
  /** Called once its page is connected, after `mount`: take the argument even if unused, or TypeScript reads this before it knows the assigns. */
  readonly subscribe?: (
    socket: ComponentSocket<A, S, P, R, U>,
  ) => readonly Subscription<ComponentSocket<A, S, P, R, U>>[]
  /** What `startAsync` without a `done` gave. */
  handleAsync?(
    socket: ComponentSocket<A, S, P, R, U>,
    name: string,
    result: Result<unknown, Error>,
  ): Handled<ComponentSocket<A, S, P, R, U>>
  /** As files come: called at each percent or so, and with an entry that is `done` at the end. */
  readonly handleProgress?: ProgressHandlers<ComponentSocket<A, S, P, R, U>, NoInfer<U>>
  /** Has exactly one element around it all. */
  render(assigns: Readonly<A & P>, events: EventRefs<E>, page: ComponentRendering<R, U>): Html
}

declare const mounted: unique symbol
declare const given: unique symbol
/** A live component, to be shown with {@link component}. `S` is the scope it takes, `P` are its props. */
export interface LiveComponent<in S, in P> {
  readonly [mounted]: (scope: S) => void
  readonly [given]: (props: P) => void
}

declare const propsOf: unique symbol
/** The type of a component's props. */
export interface Props<P> {
  readonly [propsOf]?: (props: P) => P
}
/** Says which props a component takes: `props: props<{ title: string }>()`. */
export const props = <P>(): Props<P> => ({})
