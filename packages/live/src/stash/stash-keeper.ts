import { stashFailed, stashKept, stashRefused } from "../telemetry.ts"
import type { Assigns } from "../view/defined-view.ts"
import type { PageEvent } from "../view/socket-state.ts"
import type { DeclaredStash } from "./declared-stash.ts"
import { STASH_EVENT } from "./stash-page.ts"
import type { Belonging, StashSeal } from "./stash-seal.ts"
import type { StashStore } from "./stash-store.ts"

/** What keepers of one live socket share. */
export interface KeeperHome {
  readonly seal: StashSeal
  /** Null where there is none. */
  readonly store: StashStore | null
  /** Milliseconds between two stashes that a page is given. */
  readonly interval: number
  readonly now: () => number
  /** The server stops: what a page is told has to be kept before. */
  readonly draining: boolean
  forget(keeper: StashKeeper): void
  /** The view crashed: what it kept is not restored. */
  crashed(page: string, generation: number): void
}

/** Which view a keeper keeps, and for whom. */
export interface KeeperOf {
  readonly declared: DeclaredStash
  readonly belonging: Belonging
  readonly page: string
  readonly generation: number
  /** The id of its element; null for a page that keeps nothing. */
  readonly element: string | null
  /** Its name in the store; null where it has none. */
  readonly key: string | null
}

/** Keeps one view's stash: where its page keeps it, and in the store. */
export class StashKeeper {
  readonly #home: KeeperHome
  readonly #of: KeeperOf
  #values: Assigns | null = null
  #path = ""
  /** How often what is kept changed; which of the changes the page has, and which the store. */
  #changes = 0
  #given = 0
  #saved = 0
  #givenAt = Number.NEGATIVE_INFINITY
  #count = 0
  #saving: Promise<void> = Promise.resolve()
  /** Another process has the view now, or nobody wants it back. */
  #lost = false
  #timer: NodeJS.Timeout | null = null
  /** The store failed, and is asked again. */
  #retry: NodeJS.Timeout | null = null
  #ended = false
  /** Sends what there is to be sent. */
  #nudge: () => Promise<void> = () => Promise.resolve()

  constructor(home: KeeperHome, of: KeeperOf) {
    this.#home = home
    this.#of = of
  }

  start(nudge: () => Promise<void>): void {
    this.#nudge = nudge
  }

  /** The view's state is another. @returns A promise where its page may be told of it only once it is kept. */
  changed(assigns: Assigns, { pathname }: URL): Promise<void> | null {
    const { declared, key } = this.#of
    const values = declared.of(assigns)
    const before = this.#values
    const others = Object.keys(values).filter((name) => !Object.is(before?.[name], values[name]))
    if (before && others.length === 0 && pathname === this.#path) return null
    this.#values = values
    this.#path = pathname
    this.#changes++
    if (key === null) return null
    const due = before !== null && others.some((name) => declared.checkpoints.has(name))
    return due || this.#home.draining ? this.save() : null
  }

  /** What goes along with the next frame: a new stash for the page, if it is time for one. */
  events(): readonly PageEvent[] {
    const { element } = this.#of
    if (element === null || this.#given === this.#changes) return []
    const { now, interval, draining } = this.#home
    const wait = this.#givenAt + interval - now()
    if (wait > 0 && !draining) {
      this.#timer ??= setTimeout(() => this.#later(), wait).unref()
      return []
    }
    this.#given = this.#changes
    this.#givenAt = now()
    return [[STASH_EVENT, { id: element, stash: this.#seal("browser") }]]
  }

  /** Gives the page what it lacks. */
  tell(): Promise<void> {
    return this.#nudge()
  }

  /** Writes what the store lacks. Never rejects: a view goes on without its stash. */
  save(): Promise<void> {
    this.#saving = this.#saving.then(() => this.#save())
    return this.#saving
  }

  /** Its page comes back. @returns Whether another process has the view since, as far as anybody can say. */
  async superseded(): Promise<boolean> {
    const { key, generation } = this.#of
    const { store } = this.#home
    // one that never knew what the store has was not taken over by it
    if (!store || key === null || generation === 0) return false
    try {
      return (await store.generation(key)) > generation
    } catch (error) {
      this.#failed(error)
      return false
    }
  }

  /** The view threw: it starts anew, and not from what may have made it throw. */
  crashed(): void {
    const { page, generation, key } = this.#of
    this.#home.crashed(page, generation)
    this.#end()
    this.#lost = true
    if (key) this.#write((store) => store.put(key, { generation, token: null }))
  }

  /** The view has ended. @param left Its page will not come back to it. */
  end(left: boolean): void {
    this.#end()
    this.#lost ||= left
    const { key, generation } = this.#of
    if (left && key && (this.#saved > 0 || generation > 1))
      this.#write((store) => store.delete(key))
  }

  #end(): void {
    this.#ended = true
    if (this.#timer) clearTimeout(this.#timer)
    if (this.#retry) clearTimeout(this.#retry)
    this.#home.forget(this)
    this.#nudge = () => Promise.resolve()
  }

  #later(): void {
    this.#timer = null
    void this.#nudge()
  }

  async #save(): Promise<void> {
    const { key, generation, belonging } = this.#of
    const { store } = this.#home
    if (!store || key === null || this.#lost || this.#saved === this.#changes) return
    const change = this.#changes
    const token = this.#seal("store")
    try {
      if (await store.put(key, { generation, token })) this.#saved = change
      else {
        this.#lost = true
        stashRefused.emit(() => ({ view: belonging.view, reason: "superseded" }))
      }
    } catch (error) {
      this.#failed(error)
      const again = () => {
        this.#retry = null
        void this.save()
      }
      if (!this.#ended) this.#retry ??= setTimeout(again, this.#home.interval).unref()
    }
  }

  #write(work: (store: StashStore) => Promise<unknown>): void {
    const { store } = this.#home
    if (store) void this.#saving.then(() => work(store)).catch((error) => this.#failed(error))
  }

  #failed(error: unknown): void {
    stashFailed.emit(() => ({ view: this.#of.belonging.view, error }))
  }

  #seal(where: "browser" | "store"): string | null {
    const { declared, belonging, page, generation } = this.#of
    const { version } = declared
    const values = this.#values ?? {}
    const kept = { version, page, path: this.#path, generation, count: ++this.#count, values }
    const token = this.#home.seal.seal(belonging, kept)
    const { view } = belonging
    if (token === null) stashRefused.emit(() => ({ view, reason: "unfit" }))
    else stashKept.emit(() => ({ view, where, bytes: token.length }))
    return token
  }
}
