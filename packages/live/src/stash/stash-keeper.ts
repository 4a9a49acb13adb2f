import type { MountedComponent } from "../component/mounted-component.ts"
import { StashFailedError, StashSupersededError } from "../errors.ts"
import { stashFailed, stashKept, stashRefused } from "../telemetry.ts"
import type { Assigns } from "../view/defined-view.ts"
import type { PageEvent } from "../view/socket-state.ts"
import type { DeclaredStash } from "./declared-stash.ts"
import type { Ending, PutAway } from "./endings.ts"
import { type Kept, Seen } from "./seen.ts"
import { STASH_EVENT } from "./stash-page.ts"
import type { Belonging, KeptPart, Moment, StashRefusal, StashSeal } from "./stash-seal.ts"
import type { Entry, StashStore } from "./stash-store.ts"

/** What the store lacks of a view, and the socket that its page had it by. */
export interface HeldStash {
  readonly token: string
  readonly socket: WeakRef<object>
}

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
  /** The view has ended for good: what it kept is not restored. @param putAway Puts away what the store has; null where it has nothing. */
  ended(page: string, ending: Ending, putAway: PutAway | null): void
  /** The store failed: what it lacks waits here for a page that comes back. Null to forget it. */
  hold(key: string, held: HeldStash | null): void
}

/** Which view a keeper keeps, and for whom. */
export interface KeeperOf {
  readonly declared: DeclaredStash
  readonly belonging: Belonging
  readonly page: string
  /** Its page went to it by live navigation, and may have been there before. */
  readonly navigated: boolean
  /** How often its page had been shown it before. */
  readonly joins: number
  /** Stands for the page's socket. */
  readonly socket: object
  readonly generation: number
  /** The id of its element; null for a page that keeps nothing. */
  readonly element: string | null
  /** Its name in the store; null where it has none. */
  readonly key: string | null
  /** The store says that this process has the view. */
  readonly owned: boolean
  /** What the store has may come back the next time: it was asked to write this process down, or did not answer. */
  readonly recorded: boolean
  /** The generation of a view that has ended here, in whose place it is; zero where there was none. */
  readonly after: number
  /** Components that were kept, and are not mounted yet. */
  readonly parts: readonly KeptPart[]
}

/** The view that is kept. */
export interface KeptView {
  /** As it is; null where it is not mounted. */
  now(): Kept | null
  /** Sends what there is to be sent. */
  tell(): Promise<void>
  /** Ends it, and lets its page join anew. */
  again(error: unknown): void
}

/**
 * Keeps one view's stash: where its page keeps it, and in the store. What a page was told of a checkpoint is never followed by
 * something older: where that cannot be kept, the page joins anew, and what is in the store is outdated by the joins that it counts.
 */
export class StashKeeper {
  readonly #home: KeeperHome
  readonly #of: KeeperOf
  readonly #seen: Seen
  #joins: number
  #socket: WeakRef<object>
  #generation: number
  #owned: boolean
  /** For which join of its page what is in the store may come back. */
  #recorded: number
  /** Its page has answered: it is here. */
  #confirmed = false
  /** Which of the changes the page has, and which the store. */
  #given = 0
  #saved = 0
  #givenAt = Number.NEGATIVE_INFINITY
  #count = 0
  #saving: Promise<void> = Promise.resolve()
  /** Another process has the view now, or nobody wants it back. */
  #lost = false
  /** How often in a row the store did not answer. */
  #failures = 0
  #timer: NodeJS.Timeout | null = null
  #retry: NodeJS.Timeout | null = null
  #view: KeptView | null = null

  constructor(home: KeeperHome, of: KeeperOf) {
    this.#home = home
    this.#of = of
    this.#seen = new Seen(of.declared, of.parts)
    this.#joins = of.joins
    this.#socket = new WeakRef(of.socket)
    this.#generation = of.generation
    this.#owned = of.owned
    this.#recorded = of.recorded ? of.joins : -1
  }

  start(view: KeptView): void {
    this.#view = view
  }

  /** What a component had, for its `mount`; null for nothing. */
  restore(component: MountedComponent): Promise<Assigns | null> | null {
    const part = this.#seen.take(component)
    const declared = component.definition.stash
    if (!part || !declared) return null
    return declared.revive(part.values, part.version).then((revived) => {
      if (revived.ok) return revived.value
      this.#refused(revived.error)
      return null
    })
  }

  /**
   * The view's state is another.
   * @param byPage Its page asked for it.
   * @returns A promise where its page may be told of it only once it is kept.
   */
  changed(byPage: boolean): Promise<void> | null {
    this.#confirmed ||= byPage
    this.#look()
    const due = this.#seen.takeDue()
    if (!this.#home.store || this.#of.key === null) return null
    if (!due && !(this.#home.draining && this.#saved !== this.#seen.changes)) return null
    // nobody waits for a store that does not answer, where it has nothing that could come back
    if (this.#failures > 0 && this.#recorded !== this.#joins) return null
    return this.save(due)
  }

  /** What goes along with the next frame: a new stash for the page, if it is time for one. */
  events(): readonly PageEvent[] {
    const { element } = this.#of
    this.#look()
    const { changes } = this.#seen
    if (element === null || this.#given === changes) return []
    const { now, interval, draining } = this.#home
    const wait = this.#givenAt + interval - now()
    if (wait > 0 && !draining && !this.#seen.isUrgent) {
      this.#timer ??= setTimeout(() => this.#later(), wait).unref()
      return []
    }
    this.#seen.isUrgent = false
    this.#given = changes
    this.#givenAt = now()
    return [[STASH_EVENT, { id: element, stash: this.#seal("browser") }]]
  }

  /** What its page is told that has closed it: not to keep anything of it. */
  farewell(): readonly PageEvent[] {
    const { element } = this.#of
    return element === null || this.#count === 0
      ? []
      : [[STASH_EVENT, { id: element, stash: null }]]
  }

  /** Gives the page what it lacks. */
  async tell(): Promise<void> {
    await this.#view?.tell()
  }

  /** Writes what the store lacks. Never rejects. @param due A page waits for it. */
  save(due = false): Promise<void> {
    this.#look()
    this.#saving = this.#saving.then(() => this.#save(due))
    return this.#saving
  }

  /**
   * Its page comes back.
   * @param told What it brings.
   * @param socket Stands for its new one.
   * @returns Whether it may be shown. It may not where another process has the view since, or may have it: its page has been shown one
   * join more than this one knows, and neither the page, nor the store, nor what the page did here says that it was this one's.
   */
  async resume(joins: number, told: unknown, socket: object): Promise<boolean> {
    const brought = this.#broughtFrom(told)
    const known = this.#confirmed || joins <= this.#joins || brought === "here"
    await this.#saving
    // until that is said it writes nothing in the name of this join
    this.#lost ||= brought === "elsewhere" || (!known && !this.#owned)
    if (this.#lost) return false
    this.#joins = joins
    this.#socket = new WeakRef(socket)
    this.#confirmed = false
    // what was under way when the connection broke may never have come
    this.#given = 0
    this.#seen.isUrgent = true
    // one that went here may have been here before: what it counts does not tell its visits apart
    this.#lost = !(await this.#isStillOurs(this.#of.navigated ? brought === "here" : known))
    return !this.#lost
  }

  /** Whether the store says that nobody else has it since; where it does not say, what is known without it. */
  async #isStillOurs(known: boolean): Promise<boolean> {
    if (!this.#home.store || this.#of.key === null) return known
    this.#recorded = this.#joins
    if (!this.#owned) return known
    // a page does not wait twice for a store that does not answer
    this.#saved = 0
    if (this.#failures > 0) return known
    try {
      this.#look()
      return await this.#write()
    } catch (error) {
      this.#failed(error)
      return known
    }
  }

  #broughtFrom(told: unknown): "here" | "elsewhere" | null {
    const { belonging, page, element, generation } = this.#of
    if (element === null || typeof told !== "string") return null
    const opened = this.#home.seal.open(belonging, told)
    if (!opened.ok || opened.value.page !== page) return null
    const { generation: brought } = opened.value
    return brought < generation || brought > this.#generation ? "elsewhere" : "here"
  }

  /** The view threw: it starts anew, and not from what may have made it throw. */
  crashed(): void {
    this.#end()
    this.#lost = true
    this.#over("crashed")
  }

  /** The view has ended. @param left Its page will not come back to it. */
  end(left: boolean): void {
    this.#end()
    if (!left || this.#lost) return
    this.#lost = true
    this.#over("left")
  }

  /** That it was there stays known: a process that had it before may not hear of its end, and write what it has. */
  #over(why: Ending["why"]): void {
    const { page, key, belonging } = this.#of
    const { store } = this.#home
    const ending: Ending = { why, joins: this.#joins, generation: this.#generation }
    if (key !== null) this.#home.hold(key, null)
    const last = this.#saving.then(() => {
      ending.generation = this.#generation
      return { ...this.#claim, count: this.#count + 1 }
    })
    const written = this.#recorded >= 0 || this.#owned
    const putAway = written && store && key ? puttingAway(store, key, belonging, last) : null
    this.#home.ended(page, ending, putAway)
  }

  get #moment(): Moment {
    return { joins: this.#joins, generation: this.#generation, count: this.#count }
  }

  get #claim(): Claim {
    const { after } = this.#of
    return { ...this.#moment, after, owned: this.#owned, confirmed: this.#confirmed }
  }

  #look(): void {
    const now = this.#view?.now()
    if (now) this.#seen.look(now)
  }

  #end(): void {
    if (this.#timer) clearTimeout(this.#timer)
    if (this.#retry) clearTimeout(this.#retry)
    this.#home.forget(this)
    this.#view = null
  }

  #later(): void {
    this.#timer = null
    void this.tell()
  }

  async #save(due: boolean): Promise<void> {
    if (this.#lost || this.#saved === this.#seen.changes) return
    try {
      if (await this.#write()) return
      this.#lost = true
      this.#refused("superseded")
      this.#view?.again(new StashSupersededError())
    } catch (error) {
      this.#failed(error)
      const { key } = this.#of
      const again = due && this.#recorded === this.#joins
      // what its page may never have seen is nothing to come back to
      const wanted = this.#confirmed && !this.#lost && (again || !this.#view)
      if (key !== null && wanted) this.#hold(key)
      if (again) this.#view?.again(new StashFailedError(error))
    }
  }

  #hold(key: string): void {
    const token = this.#seal("store")
    this.#home.hold(key, token === null ? null : { token, socket: this.#socket })
  }

  /** @returns Whether the view is still this process's. */
  async #write(): Promise<boolean> {
    const { key } = this.#of
    const { store } = this.#home
    if (!store || key === null) return true
    const { changes } = this.#seen
    const entry = await store.update(key, (there) => {
      if (!mayWrite(this.#claim, there)) return null
      if (!this.#owned) this.#generation = Math.max(this.#generation, there.generation + 1)
      this.#recorded = this.#joins
      const token = this.#seal("store")
      return { ...this.#moment, token }
    })
    if (entry === null) return false
    this.#owned = true
    this.#failures = 0
    this.#saved = changes
    this.#home.hold(key, null)
    return true
  }

  /** The store is asked again, as long as there is a view. */
  #failed(error: unknown): void {
    this.#failures++
    stashFailed.emit(() => ({ view: this.#of.belonging.view, error }))
    if (!this.#view) return
    const again = () => {
      this.#retry = null
      void this.save()
    }
    // seldom and seldomer: a store that is slow is not made faster by being asked
    const wait = this.#home.interval * 2 ** Math.min(this.#failures - 1, 5)
    this.#retry ??= setTimeout(again, wait).unref()
  }

  #refused(reason: StashRefusal): void {
    stashRefused.emit(() => ({ view: this.#of.belonging.view, reason }))
  }

  #seal(where: "browser" | "store"): string | null {
    const { belonging, page } = this.#of
    this.#count++
    const token = this.#home.seal.seal(belonging, { ...this.#seen.kept, page, ...this.#moment })
    const { view } = belonging
    if (token === null) this.#refused("unfit")
    else stashKept.emit(() => ({ view, where, bytes: token.length }))
    return token
  }
}

/** Whose view it is. */
interface Claim extends Moment, Pick<KeeperOf, "owned" | "after"> {
  readonly confirmed: boolean
}

/** Whether nobody else has the view since. */
function mayWrite({ owned, after, joins, generation, confirmed }: Claim, there: Entry): boolean {
  if (owned || there.generation <= after) return there.generation <= generation
  // whoever was never written down goes by what its page says: it is here, and had been there before
  return there.joins < joins || (there.joins === joins && confirmed)
}

/** What puts away a view that has ended. By itself, so that nothing else of the view lives on while the store fails. */
const puttingAway =
  (store: StashStore, key: string, { view }: Belonging, claim: Promise<Claim>): PutAway =>
  async () => {
    const { joins, generation, count, ...rest } = await claim
    const entry = { joins, generation, count, token: null }
    try {
      await store.update(key, (there) => (mayWrite({ ...entry, ...rest }, there) ? entry : null))
    } catch (error) {
      stashFailed.emit(() => ({ view, error }))
      throw error
    }
  }
