import { type UnparkReason, viewAdopted, viewParked, viewUnparked } from "../telemetry.ts"
import { FirstAnswers } from "./first-answers.ts"
import { type Claim, endGuest, type Guest, isAt, isOf, isOutdated } from "./guest.ts"
import type { ResolvedParkOptions } from "./park-options.ts"

const first = <T>(all: Iterable<T>): T | undefined => all[Symbol.iterator]().next().value

interface Waiting {
  readonly guest: Guest
  readonly since: number
  readonly timer: NodeJS.Timeout
}

/** The views of one live socket whose pages may come back: those that are shown, and those that wait. */
export class ParkingLot {
  readonly options: ResolvedParkOptions
  readonly firstAnswers: FirstAnswers
  /** With what takes each away from the page that seems to have it still. */
  readonly #shown = new Map<string, { readonly guest: Guest; readonly detach: () => void }>()
  /** The longest waiting first. */
  readonly #waiting = new Map<string, Waiting>()
  /** Those of each session among them. */
  readonly #kin = new Map<string, Set<Guest>>()
  #closed = false

  constructor(options: ResolvedParkOptions) {
    this.options = options
    this.firstAnswers = new FirstAnswers(options)
  }

  /** A page shows a view. @param detach Takes it away from that page. */
  enter(guest: Guest, detach: () => void): void {
    this.#shown.set(guest.key, { guest, detach })
  }

  leave(guest: Guest): void {
    if (this.#shown.get(guest.key)?.guest === guest) this.#shown.delete(guest.key)
  }

  /**
   * Lets a view live on whose page is gone. One that has waited longest makes room.
   * @returns Whether it does; otherwise it is to be ended.
   */
  park(guest: Guest): boolean {
    const room = this.#room
    this.leave(guest)
    if (this.#closed || guest.time === 0) return false
    this.drop(this.#waiting.get(guest.key)?.guest)
    const kin = this.#kin.get(guest.session) ?? new Set()
    if (!guest.inner && kin.size >= this.options.perSession) this.drop(first(kin), "room")
    else if (this.#waiting.size >= room) this.drop(first(this.#waiting.values())?.guest, "room")
    const { process } = guest.running
    const over = () => this.drop(guest)
    const page = { push() {}, refused() {}, expect() {}, close: over, crash: over }
    process.detach({ ...page, whenRead: () => null })
    const timer = setTimeout(() => this.drop(guest, "late"), guest.time)
    timer.unref()
    this.#waiting.set(guest.key, { guest, timer, since: performance.now() })
    if (!guest.inner) this.#kin.set(guest.session, kin.add(guest))
    viewParked.emit(() => ({ view: process.options.name, waiting: this.#waiting.size }))
    return true
  }

  /**
   * Gives a view to its page that came back: to one, once.
   * @param again Whether the page had joined before: then it may take the view from a connection that nobody knows yet to be dead.
   */
  take(claim: Claim, again: boolean): Guest | null {
    const waiting = this.#waiting.get(claim.key)
    if (waiting && isOf(waiting.guest, claim)) {
      this.#remove(waiting)
      const { guest, since } = waiting
      const here = isAt(guest, claim)
      if (here && !isOutdated(guest, claim)) return this.#taken(guest, performance.now() - since)
      this.#end(guest, here ? "superseded" : "elsewhere")
      return null
    }
    const shown = again || claim.anew ? this.#shown.get(claim.key) : undefined
    if (!shown || !isOf(shown.guest, claim) || !isAt(shown.guest, claim)) return null
    this.leave(shown.guest)
    shown.detach()
    if (isOutdated(shown.guest, claim)) {
      this.supersede(shown.guest)
      return null
    }
    return this.#taken(shown.guest, 0)
  }

  /** Ends a view that waits. */
  drop(guest: Guest | undefined, reason: "late" | "room" | "ended" = "ended"): void {
    const waiting = guest && this.#waiting.get(guest.key)
    if (waiting?.guest !== guest || !waiting) return
    this.#remove(waiting)
    this.#end(waiting.guest, reason)
  }

  /** Ends a view that was taken, and that another process has taken over since. */
  supersede(guest: Guest): void {
    this.#end(guest, "superseded")
  }

  /** Ends all that wait, and takes no more. */
  async close(): Promise<void> {
    this.#closed = true
    this.firstAnswers.close()
    const waiting = [...this.#waiting.values()]
    for (const each of waiting) this.#remove(each)
    await Promise.all(waiting.map(({ guest }) => endGuest(guest)))
  }

  get #room(): number {
    const { limit, share } = this.options
    return Math.max(limit, Math.floor(share * (this.#shown.size + this.#waiting.size)))
  }

  #taken(guest: Guest, waited: number): Guest {
    viewAdopted.emit(() => ({ view: guest.running.process.options.name, waited }))
    return guest
  }

  #remove({ guest, timer }: Waiting): void {
    clearTimeout(timer)
    this.#waiting.delete(guest.key)
    const kin = this.#kin.get(guest.session)
    kin?.delete(guest)
    if (kin?.size === 0) this.#kin.delete(guest.session)
  }

  #end(guest: Guest, reason: UnparkReason): void {
    viewUnparked.emit(() => ({ view: guest.running.process.options.name, reason }))
    // what its `terminate` throws is told by itself
    void endGuest(guest)
  }
}
