import type { Awaitable, Result, StandardSchemaV1 } from "@bennu/core"
import type { Flash } from "@bennu/plug"
import type { Topic } from "@bennu/pubsub"
import type { AsyncOptions } from "./async.ts"
import type { LiveComponent } from "./component/live-component.ts"
import type { Hook, Stages } from "./hook.ts"
import type { StreamInsertOptions, StreamOptions } from "./stream/stream-options.ts"
import type { Handled, Subscription } from "./subscription.ts"
import type { UploadSocket } from "./upload/upload-socket.ts"

/** What a socket's navigation may say beside where to. */
export interface NavigateOptions {
  /** Takes the current entry's place in the history. */
  readonly replace?: boolean | undefined
}
/** When the page hears an event: `before` or `after` (the default) it is patched with what came along. */
export interface PushEventOptions {
  readonly dispatch?: "before" | "after" | undefined
}

/** What a view and a live component can do; each call gives a new socket, and a handler returns the last one. */
export interface LiveSocket<A, S, R = {}, U = {}> extends UploadSocket<S, U> {
  readonly scope: S
  readonly assigns: Readonly<A>
  readonly flash: Flash
  readonly connected: boolean
  /** Aborts when the view ends: hand it to whatever waits. */
  readonly signal: AbortSignal
  assign(patch: Partial<A>): this
  update<K extends keyof A>(key: K, change: (value: A[K]) => A[K]): this
  /** Sends rows to the page, which keeps them in place of the view: each at `at` in turn, those that it has are updated where they are. */
  stream<K extends keyof R>(name: K, rows: readonly R[K][], options?: StreamOptions): this
  streamInsert<K extends keyof R>(name: K, row: R[K], options?: StreamInsertOptions): this
  /**
   * Makes the rows in the page those of `keys`, in their order: to sort and filter, count and page through a list whose rows nobody
   * keeps. Rows that are not among them go, as few as can be are moved, and the others are left alone. Keep the keys as an assign.
   * @param rows Those of {@link streamLacks}, in any order, and any that have changed.
   * @throws {StreamError} when a key stands twice or lacks its row, and for a stream that is told what to do row by row.
   */
  streamKeys<K extends keyof R>(
    name: K,
    keys: readonly (string | number)[],
    rows?: readonly R[K][],
  ): this
  /** Of these keys those whose rows `streamKeys` needs: the page does not have them, or has them elsewhere. */
  streamLacks<Q extends string | number>(name: keyof R, keys: readonly Q[]): readonly Q[]
  streamDelete<K extends keyof R>(name: K, row: R[K]): this
  /** By the id of the row's element, as `each` gave it. */
  streamDeleteByDomId(name: keyof R, domId: string): this
  /** What the hook that pushed the event gets back. */
  reply(value: unknown): this
  /** To `handleEvent` of the page's hooks, and to `window` as `phx:name`. */
  pushEvent(name: string, payload?: unknown, options?: PushEventOptions): this
  putFlash(kind: keyof Flash, message: string): this
  clearFlash(kind?: keyof Flash): this
  /** The same view with other parameters: `handleParams` is called, and the page's address changes. */
  pushPatch(to: string, options?: NavigateOptions): this
  /** Another view of the same live session. This one ends. */
  pushNavigate(to: string, options?: NavigateOptions): this
  /** Another page, or another site. This view ends. */
  redirect(to: string | { readonly external: string }): this
  /** Gives a live component of this view other props, some or all; nothing happens where it does not stand in the view. */
  sendUpdate<Q>(component: LiveComponent<never, Q>, id: string, props: Partial<NoInfer<Q>>): this
  subscribe(...sources: readonly Subscription<this>[]): this
  /** By the name of a topic or of a timer. */
  unsubscribe(name: string): this
  /**
   * Tells everybody who hears a topic, but not this view and its components, which know already. At once: where something was written,
   * call it once that is committed. Nobody is told before the page is connected.
   * @throws {MessageError} when the message does not fit the topic's schema.
   */
  broadcastFrom<M>(topic: Topic<M>, message: NoInfer<M>): Promise<void>
  /**
   * Works beside the view, on a connected page. `done` gets the result, or `handleAsync` where it is left out. A task of the same name
   * takes the place of the one before; the signal aborts then, when it is cancelled, and when the view or the component ends.
   */
  startAsync<T>(
    name: string,
    task: (signal: AbortSignal) => Promise<T>,
    done?: (socket: this, result: Result<T, Error>) => Handled<this>,
    options?: AsyncOptions,
  ): this
  /** Works beside the view, and streams the rows that it gives; telemetry is told when it fails. Its task is called `stream` and the stream. */
  streamAsync<K extends keyof R & string>(
    name: K,
    task: (signal: AbortSignal) => Promise<readonly R[K][]>,
    options?: StreamOptions & AsyncOptions,
  ): this
  /** Of a task or of an assign that is on its way; its result is then an `AsyncCancelledError`. */
  cancelAsync(name: string): this
  /** Puts a hook around a stage, behind those that are there. */
  attachHook<T extends keyof Stages>(name: string, stage: T, hook: Hook<this, T>): this
  detachHook(name: string, stage: keyof Stages): this
}

/**
 * What a handler of a view gets: its state, and what can be done with it. Each call gives a new socket, and a handler returns the last
 * one; nothing of it happens before that, and in development a socket that was made and not returned is an error.
 */
export interface Socket<A, S, P = unknown, R = {}, U = {}> extends LiveSocket<A, S, R, U> {
  readonly params: P
  /** Which route of several that show the view was taken: the `action` given to `live`. */
  readonly action: string | undefined
  readonly url: URL
}

/** What `mount` of a view or of a live component can do beside giving assigns. */
export interface Mounting<S, R = {}> {
  readonly scope: S
  /** `false` while the page is rendered for its first answer, `true` once its socket has joined. */
  readonly connected: boolean
  readonly signal: AbortSignal
  pushEvent(name: string, payload?: unknown, options?: PushEventOptions): void
  putFlash(kind: keyof Flash, message: string): void
  /** Fills a stream, for the first answer and for the joined page alike. */
  stream<K extends keyof R>(name: K, rows: readonly R[K][], options?: StreamOptions): void
  /** Fills a stream that is shown by its keys from now on, in their order: {@link Socket.streamKeys}. */
  streamKeys<K extends keyof R>(
    name: K,
    keys: readonly (string | number)[],
    rows: readonly R[K][],
  ): void
  /** Works beside the view once the page is connected; `handleAsync` gets the result. */
  startAsync(
    name: string,
    task: (signal: AbortSignal) => Promise<unknown>,
    options?: AsyncOptions,
  ): void
  /** Fills a stream once the page is connected and its rows are there; telemetry is told when they fail to come. */
  streamAsync<K extends keyof R & string>(
    name: K,
    task: (signal: AbortSignal) => Promise<readonly R[K][]>,
    options?: StreamOptions & AsyncOptions,
  ): void
  /** Puts a hook around a stage, for as long as it lives. */
  attachHook<T extends keyof Stages>(
    name: string,
    stage: T,
    hook: Hook<Socket<Readonly<Record<string, unknown>>, S>, T>,
  ): void
}

/** What `mount` of a view is given. What it does here is kept; the assigns are what it returns. */
export interface Mount<S, P, R = {}, X = {}> extends Mounting<S, R> {
  readonly params: P
  /** What the view around this one gave it; empty for a view that is routed. */
  readonly session: X
  readonly action: string | undefined
  readonly url: URL
  /** The `params` that the page's LiveSocket was given; empty before it has joined. */
  readonly connectParams: Readonly<Record<string, unknown>>
  /** How often this page's view has joined before: more than 0 after a crash or a lost connection. */
  readonly mounts: number
  /** The view was here before: what its `stash` kept takes the place of what `mount` returns for it. */
  readonly restored: boolean
  /**
   * Loads what both mounts of a page need, once: what the first answer loaded travels in the page, sealed, and its first join finds it
   * there, whichever process that comes to. It is loaded again for everybody else: another session, another address, a page that is older than
   * a minute, one that comes back. What changes meanwhile is not in it.
   * @param schema Gets what JSON makes of it.
   * @throws {DefinitionError} when what was loaded does not fit the schema.
   * @example mount: async ({ once, params }) => ({ report: await once("report", Report, () => Reports.of(params.year)) })
   */
  once<T>(
    name: string,
    schema: StandardSchemaV1<unknown, T>,
    load: () => Awaitable<unknown>,
  ): Promise<T>
  /** The page has `phx-track-static` assets that are not the current ones: tell its reader to reload. */
  readonly staticChanged: boolean
  /**
   * Hears these topics from now on, once connected: what is said while `mount` reads waits for the handlers that `subscribe` has for
   * them. Call it before reading what the topics tell of.
   */
  listen(...topics: readonly Topic<unknown>[]): void
}
