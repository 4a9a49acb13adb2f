import { AsyncResource } from "node:async_hooks"
import { BacklogError } from "./errors.ts"
import { listenerFailed } from "./telemetry.ts"

/** One listener of one topic; disposing it ends it. */
export interface Subscription extends Disposable {
  readonly topic: string
}

/** Who is not told what all others are. */
export type LeftOut = Subscription | readonly Subscription[] | undefined

const isLeftOut = (listener: Subscription, except: LeftOut): boolean =>
  listener === except || (Array.isArray(except) && except.includes(listener))

/** How some listeners are told together, in the place of one after another. */
export interface Grouping<T> {
  /** Those with the same form a group. */
  readonly key: unknown
  tell(members: readonly Member<T>[], message: T): void
}

export interface Member<T> {
  readonly grouping: Grouping<T>
  readonly deliver: (message: T) => void
}

class Listener<T> implements Subscription {
  readonly topic: string
  readonly grouping: Grouping<T> | undefined
  // A listener belongs to whoever subscribed, not to whoever happens to broadcast: without this it would
  // run inside the broadcaster's transaction and deadline. (A snapshot does the same at three times the price.)
  readonly #context = new AsyncResource("bennu.pubsub.listener", { requireManualDestroy: true })
  readonly #hear: (message: T) => unknown
  readonly #leave: (listener: Listener<T>) => void
  #open = true

  constructor(
    topic: string,
    hear: (message: T) => unknown,
    leave: (self: Listener<T>) => void,
    grouping?: Grouping<T>,
  ) {
    this.topic = topic
    this.#hear = hear
    this.#leave = leave
    this.grouping = grouping
  }

  deliver(message: T): void {
    if (this.#open) this.run(this.#hear, message)
  }

  /** Runs a function in the context of whoever subscribed; when it fails that is reported. */
  run<A>(what: (argument: A) => unknown, argument: A): void {
    try {
      const done = this.#context.runInAsyncScope(what, null, argument)
      // An async function fits where nothing is returned: nobody else would hear that it failed
      if (done instanceof Promise) done.catch((error: unknown) => this.#failed(error))
    } catch (error) {
      this.#failed(error)
    }
  }

  [Symbol.dispose](): void {
    if (!this.#open) return
    this.#open = false
    this.#leave(this)
  }

  #failed(error: unknown): void {
    listenerFailed.emit(() => ({ topic: this.topic, error }))
  }
}

interface Room<T> {
  readonly listeners: Set<Listener<T>>
  /** The same as a list; made anew when it is needed after a change, so that a delivery under way is not disturbed. */
  list: readonly Listener<T>[] | null
}

interface Delivery<T> {
  readonly listeners: readonly Listener<T>[]
  readonly message: T
  readonly except: LeftOut
}

/**
 * The listeners of one process by topic. Delivers at once and in order: what a listener broadcasts while it
 * is told something is delivered after everyone has been told.
 */
export class Hub<T> {
  readonly #topics = new Map<string, Room<T>>()
  readonly #backlog: Delivery<T>[] = []
  readonly #maxBacklog: number
  #delivering = false

  constructor(maxBacklog: number) {
    this.#maxBacklog = maxBacklog
  }

  subscribe(topic: string, hear: (message: T) => unknown, grouping?: Grouping<T>): Subscription {
    const listener = new Listener<T>(topic, hear, (self) => this.#leave(self), grouping)
    const room = this.#topics.get(topic)
    if (room) {
      room.listeners.add(listener)
      room.list = null
    } else this.#topics.set(topic, { listeners: new Set([listener]), list: null })
    return listener
  }

  count(topic: string): number {
    return this.#topics.get(topic)?.listeners.size ?? 0
  }

  /** Tells all who listen now, but for who is left out. */
  deliver(topic: string, message: T, except?: LeftOut): void {
    const room = this.#topics.get(topic)
    if (!room) return
    room.list ??= [...room.listeners]
    if (this.#delivering) this.#wait(topic, { listeners: room.list, message, except })
    else this.#work(room.list, message, except)
  }

  clear(): void {
    this.#topics.clear()
    this.#backlog.length = 0
  }

  #wait(topic: string, delivery: Delivery<T>): void {
    // the one that is being told is one of them
    const waiting = this.#backlog.length + 1
    if (waiting >= this.#maxBacklog) throw new BacklogError(topic, this.#maxBacklog)
    this.#backlog.push(delivery)
  }

  #work(listeners: readonly Listener<T>[], message: T, except?: LeftOut): void {
    this.#delivering = true
    this.#tell(listeners, message, except)
    // A list that grows while it is walked: what listeners broadcast meanwhile is appended to it
    for (const next of this.#backlog) this.#tell(next.listeners, next.message, next.except)
    if (this.#backlog.length > 0) this.#backlog.length = 0
    this.#delivering = false
  }

  #tell(listeners: readonly Listener<T>[], message: T, except?: LeftOut): void {
    let grouped = false
    for (const listener of listeners) {
      if (listener.grouping) grouped = true
      else if (except === undefined || !isLeftOut(listener, except)) listener.deliver(message)
    }
    if (grouped) this.#tellGroups(listeners, message, except)
  }

  #tellGroups(listeners: readonly Listener<T>[], message: T, except?: LeftOut): void {
    const groups = new Map<unknown, Listener<T>[]>()
    for (const listener of listeners) {
      if (!listener.grouping || isLeftOut(listener, except)) continue
      const { key } = listener.grouping
      groups.set(key, [...(groups.get(key) ?? []), listener])
    }
    for (const group of groups.values()) {
      const members = group.flatMap((listener) => memberOf(listener))
      const [first] = group
      first?.run((message: T) => first.grouping?.tell(members, message), message)
    }
  }

  #leave(listener: Listener<T>): void {
    const room = this.#topics.get(listener.topic)
    if (!room?.listeners.delete(listener)) return
    room.list = null
    if (room.listeners.size === 0) this.#topics.delete(listener.topic)
  }
}

const memberOf = <T>(listener: Listener<T>): readonly Member<T>[] => {
  const { grouping } = listener
  return grouping ? [{ grouping, deliver: (message) => listener.deliver(message) }] : []
}
