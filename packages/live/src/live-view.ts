import type { Awaitable, Result, StandardSchemaV1 } from "@bennu/core"
import type { Html } from "@bennu/html"
import type { Flash } from "@bennu/plug"
import type { ClientHook } from "./client-hook.ts"
import type { ClientStyle } from "./client-style.ts"
import type { LiveComponent } from "./component/live-component.ts"
import type { EventRef } from "./event-ref.ts"
import type { OnMount } from "./hook.ts"
import type { Redirect } from "./redirect.ts"
import type { Mount, Socket } from "./socket.ts"
import type { Stash } from "./stash/stash.ts"
import type { StreamRowsOf, StreamsOf } from "./stream/stream-options.ts"
import type { Handled, Subscription } from "./subscription.ts"
import type { UploadEntry } from "./upload/upload.ts"
import type { UploadsOf } from "./upload/upload-options.ts"
import type { ShownUploads } from "./upload/upload-socket.ts"

/** Who may: a predicate, or everyone, said aloud. */
export type Guard<S, T> =
  | { readonly authorize: (scope: S, subject: T) => boolean; readonly public?: never }
  | { readonly public: true; readonly authorize?: never }

/** The shape of what an event brings; `{}` for nothing. The long form says who may send it. */
export type EventOf<S, T> =
  | StandardSchemaV1<unknown, T>
  | ({ readonly payload: StandardSchemaV1<unknown, T> } & Guard<S, T>)
  | { readonly payload?: never; readonly authorize?: (scope: S, subject: T) => boolean }
export type EventsOf<S, E> = { readonly [K in keyof E]: EventOf<S, E[K]> }
export type EventHandlers<K, E> = {
  readonly [N in keyof E]: (socket: K, payload: E[N]) => Handled<K>
}
export type ProgressHandlers<K, U> = {
  readonly [N in keyof U]?: (socket: K, entry: UploadEntry) => Handled<K>
}
export type EventRefs<E> = { readonly [K in keyof E]: EventRef<E[K]> }

/** Attributes as they stand; `true` writes a bare one, `false` and `null` leave it out. */
export type ContainerAttrs = Readonly<Record<string, string | number | boolean | null | undefined>>

/** The element around a view. Its `id` and what the client needs are added. */
export interface Container {
  /** `div`, where nothing is said. Keep one tag for all views of a live session. */
  readonly tag?: string | undefined
  readonly attrs?: ContainerAttrs | undefined
}

/** Path and query parameters are text: what the schema needs must be content with a string, or with some (an enum). */
export type Needed<In> = {
  [K in keyof In & string]-?: {} extends Pick<In, K>
    ? never
    : string extends In[K]
      ? K
      : In[K] extends string
        ? K
        : `${K} must accept a string`
}[keyof In & string]

/** What a live layout gets. */
export interface LivePage<out S = unknown> {
  readonly content: Html
  readonly flash: Flash
  readonly scope: S
  /** Of the page, as the view has it: which of the links around it is the one that leads here. */
  readonly url: URL
  readonly action: string | undefined
  readonly csrfToken: string
  /** The nonce of the page's content security policy, as in {@link Rendering}. */
  readonly nonce: string
}
/** Around the view and patched with it; the root layout is rendered once. */
export type LiveLayout<S = unknown> = (page: LivePage<S>) => Html

/** What `render` gets beside assigns and events. */
export interface Rendering<R = {}, U = {}> {
  readonly flash: Flash
  readonly action: string | undefined
  readonly url: URL
  readonly connected: boolean
  /** For forms that are posted. */
  readonly csrfToken: string
  /**
   * For `<style nonce="${nonce}">`: the nonce of the document that the page was loaded as, also after live navigation and after its
   * socket came back.
   */
  readonly nonce: string
  /** Show each with `each`, in an element with an id and `phx-update="stream"`. */
  readonly streams: StreamRowsOf<R>
  readonly uploads: ShownUploads<U>
}

/** Why a view ended: the page went elsewhere, its connection was lost (or the server stops), a callback failed. */
export type EndReason = "left" | "closed" | "crashed"

/** The assigns that may be undefined. */
export type Forgettable<A> = {
  [K in keyof A]-?: undefined extends A[K] ? K : never
}[keyof A]

/** What may come in, who may come, how it starts, how it answers, how it looks. `mount` stands before what reads assigns. */
export interface LiveViewDefinition<S, A extends object, E, In, P, R = {}, U = {}, X = {}> {
  /** Path and query parameters. */
  readonly params?: StandardSchemaV1<In, P>
  /** What the view around this one gives it: it travels signed, so it is JSON. */
  readonly session?: StandardSchemaV1<unknown, X>
  /** What the page may send, and the shape of it. */
  readonly events?: EventsOf<S, E>
  /** The views that its markup may hold, by `liveRender`. */
  readonly views?: readonly LiveView<S, never, never>[]
  /** The live components that its markup may hold; those in them are theirs to name. */
  readonly components?: readonly LiveComponent<S, never>[]
  /** Lists whose rows the page keeps and the view does not: what tells the rows of each apart. */
  readonly streams?: StreamsOf<R>
  /** Files that the page may send: which, how many, how large, and where they go. */
  readonly uploads?: UploadsOf<S, U>
  /** The hooks of the page that its markup names: how `clientHooks` finds them. */
  readonly hooks?: readonly ClientHook[]
  /** Rules for its markup: how `clientStyles` finds them. */
  readonly styles?: readonly ClientStyle[]
  /** Around this view, in place of the live session's layout; `false` for none. */
  readonly layout?: LiveLayout<S> | false
  readonly container?: Container
  /** Before `mount`, after those of the live session; a redirect ends it there. */
  readonly onMount?: readonly OnMount<S>[]
  /** Makes the assigns; a view without state needs none. Runs twice: for the page's first answer, and once its socket joins. */
  mount?(mount: Mount<S, P, R, X>): Awaitable<A | Redirect>
  /** After `mount`, and whenever the page's address changes by a patch. */
  handleParams?(socket: Socket<A, S, P, R, U>, params: P): Handled<Socket<A, S, P, R, U>>
  readonly handleEvent?: EventHandlers<Socket<A, S, P, R, U>, NoInfer<E>>
  /** As files come: called at each percent or so, and with an entry that is `done` at the end. */
  readonly handleProgress?: ProgressHandlers<Socket<A, S, P, R, U>, NoInfer<U>>
  /** Called once connected, with the socket that mount made: take the argument even if unused, or TypeScript reads this before it knows the assigns. */
  readonly subscribe?: (
    socket: Socket<A, S, P, R, U>,
  ) => readonly Subscription<Socket<A, S, P, R, U>>[]
  /** What `startAsync` without a `done` gave. */
  handleAsync?(
    socket: Socket<A, S, P, R, U>,
    name: string,
    result: Result<unknown, Error>,
  ): Handled<Socket<A, S, P, R, U>>
  terminate?(socket: Socket<A, S, P, R, U>, reason: EndReason): Awaitable<void>
  /** Assigns that are `undefined` again once they were rendered: what is too much to keep. */
  readonly temporary?: readonly Forgettable<A>[]
  /** What outlives the process: kept by the page, or in the store that the live socket was given, and put in place of what `mount` returns. */
  readonly stash?: Stash<NoInfer<A>>
  readonly title?: string | ((assigns: Readonly<A>) => string)
  /** More for the root layout's `head`; not patched. */
  readonly head?: (assigns: Readonly<A>) => Html
  render(assigns: Readonly<A>, events: EventRefs<E>, page: Rendering<R, U>): Html
}

declare const mounted: unique symbol
declare const needs: unique symbol
declare const given: unique symbol
/** A view, to be routed with `live`. `S` is the scope it takes, `N` are the parameters that its path has to name,
 * `X` is what a view around it has to give it. */
export interface LiveView<in S, out N extends string = string, in X = {}> {
  readonly [mounted]: (scope: S) => void
  readonly [needs]: N
  readonly [given]: (session: X) => void
}
