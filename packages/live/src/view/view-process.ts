import type { Awaitable } from "@bennu/core"
import type { Flash } from "@bennu/plug"
import { Components } from "../component/components.ts"
import { MailboxFullError } from "../errors.ts"
import type { EndReason } from "../live-view.ts"
import { drawnFor, sectionFor } from "../render/drawing.ts"
import { ViewRenderer, type WireFrame } from "../render/view-renderer.ts"
import { whyDrawn } from "../render/why-drawn.ts"
import { keptOf } from "../stash/seen.ts"
import { frameDrawn, viewCrashed } from "../telemetry.ts"
import { uploadsIn } from "../upload/change-uploads.ts"
import type { ViewUploads } from "../upload/view-uploads.ts"
import { afterRender } from "./after-render.ts"
import { type Arrival, makeView, passAgain } from "./arriving.ts"
import { Beside } from "./beside.ts"
import { runCallback } from "./callback.ts"
import { chained } from "./chained.ts"
import { HeardTopics } from "./heard-topics.ts"
import { Mailbox } from "./mailbox.ts"
import { Outbox } from "./outbox.ts"
import {
  departure,
  type Elsewhere,
  type Joined,
  type Page,
  type Reply,
  sendAway,
  sentElsewhere,
  type ViewProcessOptions,
} from "./page.ts"
import { followPatches, lifted, moved, type Patched } from "./patching.ts"
import { Reader } from "./reader.ts"
import { type Leaving, type SocketState, settled, touched } from "./socket-state.ts"
import { TaskRoom } from "./tasks.ts"
import { forgetting } from "./temporary.ts"
import { terminated } from "./terminating.ts"
import { viewOwner } from "./view-owner.ts"
import type { ViewSocket } from "./view-socket.ts"
import { Waiting } from "./waiting.ts"

type Callback = (state: SocketState) => Awaitable<SocketState | null>

/**
 * One view of one page: its state, its mailbox, and what its page holds. Messages of the page, of topics and of timers are worked on in
 * the order in which they came, one at a time; the page's are answered exactly once. What throws ends this view and no other.
 */
export class ViewProcess {
  options: ViewProcessOptions
  readonly #mailbox: Mailbox
  readonly #reader: Reader
  readonly #room: TaskRoom
  readonly #beside: Beside
  /** The live components that stand in it. */
  readonly components: Components
  #renderer: ViewRenderer
  readonly uploads: ViewUploads
  #state: SocketState | null = null
  readonly #outbox: Outbox
  #over = false
  /** A page holds what was sent. */
  #shown = true
  /** It has ended, because its page goes elsewhere. */
  navigating = false
  /** Resolves when the last callback has ended. */
  #ending: Promise<void> | null = null
  /** Whoever waits for a message to be worked on. */
  readonly #waiting = new Waiting()

  constructor(options: ViewProcessOptions) {
    const { name, view, limits } = options
    this.uploads = uploadsIn(options, {
      state: () => this.#state,
      componentWith: (ref) => this.components.withUpload(ref),
      post: (callback) => this.#postCallback(callback),
    })
    const own = { uploads: this.uploads, topics: new HeardTopics(options.pubsub) }
    this.options = { ...options, running: { ...options.running, ...own } }
    this.#outbox = new Outbox(options.keeper ?? null)
    this.#room = new TaskRoom(limits.tasks)
    const beside = {
      ...{ name, topics: own.topics, mailbox: limits.mailbox, room: this.#room },
      post: (callback: Callback) => this.#postCallback(callback),
    }
    this.#beside = new Beside(viewOwner(this), beside)
    const running = () => this.options.running
    this.components = new Components({
      ...{ components: view.components, limit: limits.components, beside },
      get running() {
        return running()
      },
      sectionOf: (section) => sectionFor(this.options, section),
      around: (draw) => drawnFor(this.options, draw),
      state: () => this.#current(),
      adopt: (state) => this.#adoptFromComponent(state),
      restore: (component) => this.options.keeper?.restore(component) ?? null,
    })
    this.#renderer = new ViewRenderer(options, this.components)
    const read = () => this.options.page.whenRead()
    this.#reader = new Reader(read, limits.mailbox, () => void this.#sendAll())
    const owner = { idle: () => this.#flush(), failed: (error: unknown) => this.crash(error) }
    this.#mailbox = new Mailbox(owner, limits)
    options.keeper?.start({
      now: () => this.#state && keptOf(this.#state, this.options, this.components),
      tell: () => this.#sendAll(),
      again: (error) => this.#again(error),
    })
    if (options.running.development) view.running.add(this)
  }

  /** Mounts, and gives the whole view. What it throws is the join's to answer. */
  async join(arrival: Arrival): Promise<Joined> {
    try {
      return await this.#join(arrival)
    } catch (error) {
      this.#stop()
      throw error
    }
  }

  async #join(arrival: Arrival): Promise<Joined> {
    const { view, running, locate, signFlash } = this.options
    const listen: Arrival["listen"] = (topic) => this.#beside.listen(topic)
    const made = await makeView(view, running, { ...arrival, listen, routed: this.options.routed })
    if ("redirect" in made) return sentElsewhere(signFlash, made)
    const { state, patched } = await followPatches(view, running, made, locate)
    if (state.leaving && state.leaving.kind !== "patch") {
      return departure(signFlash, state.leaving, state.put, state.events)
    }
    // subscribed before it is rendered: what happens meanwhile waits in the mailbox
    this.#beside.change({}, state)
    this.#beside.subscribe(view.definition, running, settled(state))
    this.#beside.hearEarly(running.development)
    this.#state = settled(state)
    void this.options.keeper?.changed(false)
    this.#outbox.add(state.events)
    this.#update(state)
    return { kind: "mounted", rendered: await this.#whole(), patched }
  }

  /** The page is gone and may come back: the view works on, and draws nothing. */
  detach(page: Page): void {
    this.options = { ...this.options, page }
    this.#shown = false
    this.components.restart()
  }

  /**
   * Shows the view to its page that came back, for whoever acts now.
   * @returns Null when it has ended meanwhile. What its guards throw is the join's to answer, which then ends the view.
   */
  attach(options: ViewProcessOptions, arrival: Arrival): Promise<Joined | null> {
    if (this.#over) return Promise.resolve(null)
    const { promise, resolve, reject } = Promise.withResolvers<Joined | null>()
    const ended = this.#waiting.for((worked) =>
      this.#post(() => this.#attach(options, arrival).then(resolve, reject).then(worked)),
    )
    void chained(ended, () => resolve(null))
    return promise
  }

  async #attach(options: ViewProcessOptions, arrival: Arrival): Promise<Joined | null> {
    const { view, running, signFlash } = options
    const sent = await passAgain(view, running, arrival)
    if (this.#over || !this.#state) return null
    if (sent) return sentElsewhere(signFlash, sent)
    const { uploads, topics } = this.options.running
    this.options = { ...options, running: { ...running, uploads, topics } }
    this.components.restart()
    this.#renderer = new ViewRenderer(options, this.components)
    this.#shown = true
    return { kind: "mounted", rendered: await this.#whole(), patched: null }
  }

  async #whole(): Promise<WireFrame> {
    const draw = () => this.#renderer.full(this.#current(), this.#along(true))
    const rendered = await drawnFor(this.options, draw)
    this.#forget()
    return rendered
  }

  /** Where it is; null before it is mounted. */
  get url(): URL | null {
    return this.#state?.url ?? null
  }

  /**
   * Puts a message of the page in line; `callback` gives the state it leads to, or null when there is nothing to do.
   * @returns Resolves when it has been worked on, or never will be.
   */
  handle(callback: Callback, reply: Reply): Awaitable<void> {
    if (this.#over) return
    return this.#waiting.for((worked) =>
      this.#demandRoom(this.#mailbox.now(() => chained(this.#perform(callback, reply), worked))),
    )
  }

  /** Goes to another address of the same view, as a view in it asked. */
  patch(leaving: Leaving): void {
    this.#postCallback((state) => ({ ...state, leaving }))
  }

  /** Runs one callback that gets a socket. */
  run(name: string, state: SocketState, callback: (socket: ViewSocket) => Awaitable<unknown>) {
    return runCallback(name, this.options.running, state, callback)
  }

  /** Moves to another address of the same view, as the page asked: its flash is for the page before. */
  move(state: SocketState, address: Arrival["address"]): Promise<SocketState> {
    const { view, running } = this.options
    return moved(view, running, { ...state, flash: {}, put: {} }, address)
  }

  /** Ends the view: nothing more is worked on, `terminate` runs last. */
  async end(reason: EndReason): Promise<void> {
    this.#stop()
    await this.#ending
    const state = this.#state
    this.#state = null
    if (state) await terminated(this.options, state, reason)
  }

  crash(error: unknown): void {
    if (this.#over) return
    this.options.keeper?.crashed()
    viewCrashed.emit(() => ({ view: this.options.name, error }))
    this.#again(error)
  }

  /** Ends it, and its page joins anew. */
  #again(error: unknown): void {
    if (this.#over) return
    this.#stop()
    this.options.page.crash(error)
  }

  /** By a message: what waits is told when nothing else is worked on. */
  async #sendAll(): Promise<void> {
    this.#post(() => {})
    await this.settled()
  }

  /** What it is drawn by is another. */
  redraw(): void {
    this.components.touch()
    this.#post(() => {
      if (this.#state) this.#state = touched(this.#state)
    })
  }

  /** Resolves when nothing waits and all that changed was sent. */
  settled(): Promise<void> {
    return this.#mailbox.settled()
  }

  /** Resolves when nothing that was started is under way, and the page was told. */
  async tasksSettled(): Promise<void> {
    do {
      await this.#room.settled()
      await this.settled()
    } while (this.#room.busy)
  }

  #stop(): void {
    this.#over = true
    this.options.view.running.delete(this)
    this.#beside.close()
    this.components.close()
    this.#ending ??= this.#mailbox.close().then(() => this.uploads.close())
    this.#waiting.end()
  }

  #postCallback(callback: Callback): void {
    this.#post(() => this.#perform(callback, null))
  }

  #perform(callback: Callback, reply: Reply | null): Awaitable<void> {
    if (!this.#state) return
    return chained(callback(this.#state), (after) => {
      if (this.#over) return
      if (after) return this.#adopt(after, reply)
      reply?.({})
    })
  }

  #post(message: () => Awaitable<void>): void {
    if (!this.#over) this.#demandRoom(this.#mailbox.add(message))
  }

  #demandRoom(there: boolean): void {
    if (!there) this.crash(new MailboxFullError(this.options.limits.mailbox))
  }

  /** Makes a callback's state the view's, and does what it asked for. Without a reply the page is told later, with what else happens. */
  #adopt(after: SocketState, reply: Reply | null): Awaitable<void> {
    const { view, running, locate, root } = this.options
    const followed = followPatches(view, running, lifted(root ?? null, after), locate)
    return chained(followed, ({ state, patched }) => {
      if (this.#over) return
      this.#beside.change(this.#state?.assigns ?? {}, state)
      this.#outbox.add(state.events)
      this.#update(state)
      this.#state = settled(state)
      const kept = this.options.keeper?.changed(reply !== null)
      return chained(kept, () => this.#tell(state, patched, reply))
    })
  }

  #tell(state: SocketState, patched: Patched | null, reply: Reply | null): Awaitable<void> {
    if (this.#over) return
    if (state.leaving && state.leaving.kind !== "patch") {
      return this.#leave(state.leaving, state.put, reply)
    }
    if (patched) this.options.page.push("live_patch", patched)
    if (!reply) return patched ? this.#flush() : undefined
    const sent = state.later ? null : this.#send(state.reply)
    return chained(sent, (diff) => {
      if (!this.#over) reply(diff ? { diff } : {})
    })
  }

  #flush(): Awaitable<void> {
    if (this.#reader.isBehind()) return
    return chained(this.#send(null), (diff) => {
      if (diff && !this.#over) this.options.page.push("diff", diff)
    })
  }

  /** Sends what changed but for the last frame, which is given; null when there is none. */
  #send(reply: SocketState["reply"]): Awaitable<WireFrame | null> {
    const shown = this.#state
    if (!shown || this.#over || !this.#shown) return null
    this.#mailbox.told()
    const beside = { ...this.#along(false), reply }
    const before = this.#renderer.shown
    const drawn = drawnFor(this.options, () => this.#renderer.diff(shown, beside))
    return chained(drawn, (frames) => {
      const { name } = this.options
      if (frames.length > 0) frameDrawn.emit(() => whyDrawn(name, before, shown, frames))
      // components may have changed while they were drawn
      return chained(this.options.keeper?.changed(false), () => this.#sent(frames))
    })
  }

  /** What a frame takes along, and who hears that it was drawn. */
  #along(whole: boolean) {
    const drawn = () => {
      const state = this.#current()
      return chained(afterRender(this, state, whole), (after) => {
        if (!after || this.#over) return
        this.#beside.change(state.assigns, after)
        this.#adoptFromComponent(after)
      })
    }
    return { events: () => this.#outbox.takeAlong(), drawn }
  }

  #sent(frames: readonly WireFrame[]): WireFrame | null {
    if (this.#over) return null
    this.#forget()
    this.uploads.reconcile()
    for (const frame of frames.slice(0, -1)) this.options.page.push("diff", frame)
    return frames.at(-1) ?? null
  }

  #update({ updates }: SocketState): void {
    for (const { definition, id, props } of updates) {
      this.#post(() => this.components.find(definition, id)?.send(props))
    }
  }

  #current(): SocketState {
    if (this.#state) return this.#state
    throw new TypeError("a component is drawn in a view without a state")
  }

  /** What a component asked for while it was drawn: the frame under way takes its events along, the rest comes after it. */
  #adoptFromComponent(state: SocketState): void {
    const { leaving, put, flash } = state
    const shown = this.#current().flash
    this.#outbox.add(state.events)
    this.#update(state)
    this.#state = settled(state)
    if (!leaving && flash === shown) return
    this.#postCallback((now) => ({ ...now, leaving, put }))
  }

  #forget(): void {
    if (!this.#state) return
    this.#state = forgetting(this.options.view.definition, this.#state)
    this.#renderer.forgot(this.#state)
  }

  #leave(leaving: Elsewhere, put: Flash, reply: Reply | null): void {
    sendAway(this.options, { leaving, put }, this.#outbox.take(), reply)
    if (this.options.sticky && leaving.kind === "navigate") return
    this.navigating = true
    this.#stop()
    this.options.page.close()
  }
}
