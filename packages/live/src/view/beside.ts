import type { Awaitable, Result } from "@bennu/core"
import type { Topic } from "@bennu/pubsub"
import { AsyncCancelledError } from "../errors.ts"
import type { Subscription } from "../subscription.ts"
import { asyncFailed } from "../telemetry.ts"
import type { Running } from "./callback.ts"
import type { AnySocket, Assigns } from "./defined-view.ts"
import type { HeardTopics } from "./heard-topics.ts"
import { pendingChanges } from "./pending.ts"
import type { SocketState } from "./socket-state.ts"
import { type Heard, Sources } from "./sources.ts"
import { type AttachedHook, throughHooks } from "./stages.ts"
import { type Finished, type TaskRoom, Tasks } from "./tasks.ts"
import { ViewSocket } from "./view-socket.ts"

/** Whose callbacks run: a view's, or those of a component in it. */
export interface Owner {
  hooks(state: SocketState): readonly AttachedHook[]
  /** Runs a callback that gets the owner's socket. @returns The view's state after it. */
  run(
    name: string,
    state: SocketState,
    callback: (socket: ViewSocket) => Awaitable<unknown>,
  ): Awaitable<SocketState>
  handleAsync(socket: AnySocket, name: string, result: Result<unknown, Error>): Awaitable<unknown>
}

/** The view beside which something happens. */
export interface BesideOptions {
  /** For telemetry. */
  readonly name: string
  readonly topics: HeardTopics
  /** How many messages of a topic may wait while nobody handles it yet. */
  readonly mailbox: number
  readonly room: TaskRoom
  /** Puts a message in line; null when it comes to nothing. */
  post(callback: (state: SocketState) => Awaitable<SocketState | null>): void
}

/** What happens beside a view, or beside a component of one: what it listens to, and what it has under way. */
export class Beside {
  readonly #owner: Owner
  readonly #view: BesideOptions
  readonly #sources: Sources
  readonly #tasks: Tasks

  constructor(owner: Owner, view: BesideOptions) {
    this.#owner = owner
    this.#view = view
    this.#sources = new Sources(view.topics, view.mailbox, (heard) => this.#hear(heard))
    this.#tasks = new Tasks(view.room, (finished) => this.#finished(finished))
  }

  /** Does what a callback asked for, and starts what it assigned that is on its way. */
  change(
    before: Assigns,
    { assigns, sources, tasks }: Pick<SocketState, "assigns" | "sources" | "tasks">,
  ): void {
    this.#sources.change(sources)
    this.#tasks.change([...tasks, ...pendingChanges(before, assigns)])
  }

  /** Hears what a view or a component says that it hears from its mount on. */
  subscribe(
    {
      subscribe,
    }: { readonly subscribe?: (socket: ViewSocket) => readonly Subscription<AnySocket>[] },
    running: Running,
    state: SocketState,
  ): void {
    if (!subscribe) return
    const socket = ViewSocket.start("subscribe", running, state)
    const added = subscribe(socket)
    socket.end(undefined)
    this.#sources.change(added.map((subscription) => ({ kind: "add", subscription })))
  }

  /** Hears a topic, and keeps what it says until {@link hearEarly}. */
  listen(topic: Topic<unknown>): void {
    this.#sources.listen(topic)
  }

  hearEarly(development: boolean): void {
    this.#sources.hearEarly(development)
  }

  close(): void {
    this.#sources.close()
    this.#tasks.close()
  }

  #hear({ subscription, message, taken }: Heard): void {
    const { name } = subscription.source
    const passing = { topic: name, message }
    this.#view.post((state) => {
      if (!taken()) return null
      return this.#owner.run(name, state, (socket) =>
        throughHooks(
          this.#owner.hooks(state),
          "handleMessage",
          socket,
          passing,
          // `handle` takes this owner's socket, and the message of the source that it was made with
          (inner, passed) => subscription.handle(inner, passed.message as never),
        ),
      )
    })
  }

  #finished({ name, result, done, taken }: Finished): void {
    if (!result.ok && !(result.error instanceof AsyncCancelledError)) {
      const { error } = result
      asyncFailed.emit(() => ({ view: this.#view.name, name, error }))
    }
    this.#view.post((state) => {
      if (!taken()) return null
      return this.#owner.run(`async ${name}`, state, (socket) =>
        throughHooks(
          this.#owner.hooks(state),
          "handleAsync",
          socket,
          { name, result },
          (inner, passed) =>
            done
              ? done(inner, passed.result)
              : this.#owner.handleAsync(inner, passed.name, passed.result),
        ),
      )
    })
  }
}
