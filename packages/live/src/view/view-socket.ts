import { milliseconds, type Result } from "@bennu/core"
import type { Flash } from "@bennu/plug"
import type { Topic } from "@bennu/pubsub"
import type { AsyncOptions, Task } from "../async.ts"
import { DefinedComponent } from "../component/defined-component.ts"
import type { LiveComponent } from "../component/live-component.ts"
import { SocketDroppedError, SocketOverError } from "../errors.ts"
import type { Hook, Stages } from "../hook.ts"
import { externalTarget, localTarget } from "../local-target.ts"
import type { NavigateOptions, PushEventOptions, Socket } from "../socket.ts"
import type { StreamKey } from "../stream/ordered-stream.ts"
import type { StreamInsertOptions, StreamOptions } from "../stream/stream-options.ts"
import type { Subscription } from "../subscription.ts"
import type { Upload, UploadEntry } from "../upload/upload.ts"
import type { AllowedUpload } from "../upload/upload-options.ts"
import { type Consume, consumeOne, type ViewUploads } from "../upload/view-uploads.ts"
import type { AnySocket, Assigns } from "./defined-view.ts"
import type { HeardTopics } from "./heard-topics.ts"
import { taskOf } from "./pending.ts"
import { noFlash, type SocketState } from "./socket-state.ts"
import { type AttachedHook, attached, detached } from "./stages.ts"
import { streamTask, streamTaskOf } from "./stream-task.ts"
import type { TaskDone } from "./tasks.ts"

/** What stays the same for all sockets of one view. */
export interface ViewContext {
  readonly scope: unknown
  readonly connected: boolean
  readonly signal: AbortSignal
  /** Freeze what was assigned and look for sockets that were dropped. */
  readonly development: boolean
  /** Null as long as the page is not connected: no file comes then. */
  readonly uploads?: ViewUploads | undefined
  /** What it and its components hear; missing as long as the page is not connected. */
  readonly topics?: HeardTopics | undefined
  /** The component whose callback runs; none for those of the view. */
  readonly component?: { readonly id: string; readonly props: Assigns } | undefined
}

/** One run of a callback: it knows which sockets were made during it. */
class Run {
  readonly callback: string
  readonly context: ViewContext
  made = 0
  over = false
  constructor(callback: string, context: ViewContext) {
    this.callback = callback
    this.context = context
  }
}

const freeze = (value: unknown): unknown => (Array.isArray(value) ? Object.freeze(value) : value)

/** The socket that callbacks get: a state, and what was asked for on top of it. */
export class ViewSocket
  implements
    Socket<
      Record<string, unknown>,
      unknown,
      unknown,
      Record<string, unknown>,
      Record<string, unknown>
    >
{
  readonly #run: Run
  readonly #state: SocketState
  /** How many sockets lie between this one and the one that the callback was given. */
  readonly #depth: number

  private constructor(run: Run, state: SocketState, depth: number) {
    this.#run = run
    this.#state = state
    this.#depth = depth
  }

  /** For one run of a callback. */
  static start(callback: string, context: ViewContext, state: SocketState): ViewSocket {
    return new ViewSocket(new Run(callback, context), state, 0)
  }

  /**
   * What the callback that was given `this` left behind.
   * @throws {SocketDroppedError} in development, when it made sockets that are not part of what it returned.
   */
  end(returned: unknown): SocketState {
    this.#run.over = true
    const last = returned instanceof ViewSocket && returned.#run === this.#run ? returned : this
    if (this.#run.context.development && this.#run.made !== last.#depth) {
      throw new SocketDroppedError(this.#run.callback)
    }
    return last.#state
  }

  #with(change: Partial<SocketState>): this {
    const run = this.#run
    if (run.over && run.context.development) throw new SocketOverError(run.callback)
    run.made++
    // `this` is a ViewSocket, which nobody extends
    return new ViewSocket(run, { ...this.#state, ...change }, this.#depth + 1) as this
  }

  get scope(): unknown {
    return this.#run.context.scope
  }
  /** Of a component. */
  get id(): string | undefined {
    return this.#run.context.component?.id
  }
  /** Of a component. */
  get props(): Assigns | undefined {
    return this.#run.context.component?.props
  }
  get params(): unknown {
    return this.#state.params
  }
  get assigns(): Assigns {
    return this.#state.assigns
  }
  get uploads(): Readonly<Record<string, Upload>> {
    return this.#state.uploads.shown
  }
  get flash(): Flash {
    return this.#state.flash
  }
  get action(): string | undefined {
    return this.#state.action
  }
  get url(): URL {
    return this.#state.url
  }
  get connected(): boolean {
    return this.#run.context.connected
  }
  get signal(): AbortSignal {
    return this.#run.context.signal
  }

  assign(patch: Assigns): this {
    return this.#with({ assigns: assigned(this.#state.assigns, patch, this.#run.context) })
  }
  update(key: string, change: (value: never) => unknown): this {
    const value = this.#state.assigns[key]
    // the value has the type that the key has in the assigns, and `change` takes that
    return this.assign({ [key]: change(value as never) })
  }
  stream(name: string, rows: readonly unknown[], options: StreamOptions = {}): this {
    return this.#with({ streams: this.#state.streams.insert(name, rows, options) })
  }
  streamInsert(name: string, row: unknown, options: StreamInsertOptions = {}): this {
    return this.#with({ streams: this.#state.streams.insert(name, [row], options) })
  }
  streamLacks<K extends StreamKey>(name: string, keys: readonly K[]): readonly K[] {
    return this.#state.streams.lacks(name, keys)
  }
  streamKeys(name: string, keys: readonly StreamKey[], rows: readonly unknown[] = []): this {
    return this.#with({ streams: this.#state.streams.show(name, keys, rows) })
  }
  streamDelete(name: string, row: unknown): this {
    return this.#with({ streams: this.#state.streams.delete(name, row) })
  }
  streamDeleteByDomId(name: string, domId: string): this {
    return this.#with({ streams: this.#state.streams.deleteById(name, domId) })
  }
  allowUpload(name: string, options: AllowedUpload<never, unknown>): this {
    return this.#with({ uploads: this.#state.uploads.allow(name, options) })
  }
  disallowUpload(name: string): this {
    return this.#with({ uploads: this.#state.uploads.disallow(name) })
  }
  cancelUpload(name: string, ref: string): this {
    return this.#with({ uploads: this.#state.uploads.cancel(name, ref) })
  }
  async consumeUploadedEntries<T>(name: string, consume: Consume<T>): Promise<T[]> {
    const state = this.#state.uploads.at(name)
    return this.#run.context.uploads?.consume(state, consume) ?? []
  }
  async consumeUploadedEntry<T>(name: string, entry: UploadEntry, consume: Consume<T>): Promise<T> {
    const state = this.#state.uploads.at(name)
    return consumeOne(this.#run.context.uploads, state, entry, consume)
  }
  subscribe(...sources: readonly Subscription<this>[]): this {
    const added = sources.map((subscription) => ({
      kind: "add" as const,
      // `this` is what every callback of the view gets
      subscription: subscription as unknown as Subscription<AnySocket>,
    }))
    return this.#with({ sources: [...this.#state.sources, ...added] })
  }
  unsubscribe(name: string): this {
    return this.#with({ sources: [...this.#state.sources, { kind: "remove", name }] })
  }
  async broadcastFrom<M>(topic: Topic<M>, message: NoInfer<M>): Promise<void> {
    await this.#run.context.topics?.broadcastFrom(topic, message)
  }
  startAsync(
    name: string,
    task: Task<unknown>,
    done?: (socket: this, result: Result<never, Error>) => unknown,
    { timeout }: AsyncOptions = {},
  ): this {
    const started = {
      ...{ kind: "start" as const, name, task },
      timeout: timeout === undefined ? null : milliseconds(timeout),
      // it gets a socket of this view, and what its own task resolved to
      done: (done as unknown as TaskDone | undefined) ?? null,
    }
    return this.#with({ tasks: [...this.#state.tasks, started] })
  }
  streamAsync(
    name: string,
    task: (signal: AbortSignal) => Promise<readonly unknown[]>,
    options: StreamOptions & AsyncOptions = {},
  ): this {
    return this.#with({ tasks: [...this.#state.tasks, streamTask(name, task, options)] })
  }
  cancelAsync(name: string): this {
    const cancelled = [name, taskOf(name), streamTaskOf(name)].map((task) => ({
      kind: "cancel" as const,
      name: task,
    }))
    return this.#with({ tasks: [...this.#state.tasks, ...cancelled] })
  }
  reply(value: unknown): this {
    return this.#with({ reply: { value } })
  }
  pushEvent(name: string, payload: unknown = {}, { dispatch }: PushEventOptions = {}): this {
    const event =
      dispatch === "before" ? ([name, payload, true] as const) : ([name, payload] as const)
    return this.#with({ events: [...this.#state.events, event] })
  }
  putFlash(kind: keyof Flash, message: string): this {
    const { flash, put } = this.#state
    return this.#with({ flash: { ...flash, [kind]: message }, put: { ...put, [kind]: message } })
  }
  clearFlash(kind?: keyof Flash): this {
    if (kind === undefined) return this.#with({ flash: noFlash, put: noFlash })
    const { [kind]: _cleared, ...flash } = this.#state.flash
    const { [kind]: _unput, ...put } = this.#state.put
    return this.#with({ flash, put })
  }
  pushPatch(to: string, { replace = false }: NavigateOptions = {}): this {
    return this.#with({ leaving: { kind: "patch", to: localTarget(to), replace } })
  }
  pushNavigate(to: string, { replace = false }: NavigateOptions = {}): this {
    return this.#with({ leaving: { kind: "navigate", to: localTarget(to), replace } })
  }
  redirect(to: string | { readonly external: string }): this {
    const external = typeof to !== "string"
    const target = external ? externalTarget(to.external) : localTarget(to)
    return this.#with({ leaving: { kind: "redirect", to: target, external } })
  }
  sendUpdate(component: LiveComponent<never, never>, id: string, props: object): this {
    const update = { definition: DefinedComponent.from(component), id, props: { ...props } }
    return this.#with({ updates: [...this.#state.updates, update] })
  }
  attachHook<T extends keyof Stages>(name: string, stage: T, hook: Hook<this, T>): this {
    // it is called with sockets of this view only, at its own stage
    const run = hook as unknown as AttachedHook["run"]
    return this.#with({ hooks: attached(this.#state.hooks, { name, stage, run }) })
  }
  detachHook(name: string, stage: keyof Stages): this {
    return this.#with({ hooks: detached(this.#state.hooks, name, stage) })
  }
}

/** Assigns with some replaced. In development nobody can write to them, nor to the arrays in them. */
export function assigned(
  assigns: Assigns,
  patch: Assigns,
  { development }: Pick<ViewContext, "development">,
): Assigns {
  if (development) for (const value of Object.values(patch)) freeze(value)
  const next = { ...assigns, ...patch }
  return development ? Object.freeze(next) : next
}
