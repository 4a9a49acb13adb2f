import type { Joining } from "@bennu/channels"
import type { JoinOptions } from "../join/join-options.ts"
import type { JoinPayload } from "../join/join-payload.ts"
import { processOptions } from "../join/process-of.ts"
import type { Taken } from "../join/seats.ts"
import { addParent, endParent, leaveFamily, type Parent } from "../nested/families.ts"
import { STASH_PARAM } from "../stash/stash-page.ts"
import type { Arrival } from "../view/arriving.ts"
import type { DefinedView } from "../view/defined-view.ts"
import type { Joined } from "../view/page.ts"
import type { SocketState } from "../view/socket-state.ts"
import { type Claim, endGuest, type Guest } from "./guest.ts"
import type { ParkingLot } from "./parking-lot.ts"

/** Whether it does not have any more what its page was sent: that cannot be shown to it again. */
export const forgets = ({ definition, components }: DefinedView): boolean =>
  "streams" in definition ||
  "uploads" in definition ||
  (definition.temporary ?? []).length > 0 ||
  [...components].some(({ definition }) => "streams" in definition || "uploads" in definition)

/** One page's time with a view that may outlive it. */
export class Visit {
  readonly #lot: ParkingLot
  readonly #claim: Claim
  readonly #time: number
  readonly #joining: Joining
  readonly #taken: Taken
  #guest: Guest | null = null
  /** The page shows its view by another connection. */
  #over = false

  private constructor(
    lot: ParkingLot,
    { claim, time, joining, taken }: { claim: Claim; time: number; joining: Joining; taken: Taken },
  ) {
    this.#lot = lot
    this.#claim = claim
    this.#time = time
    this.#joining = joining
    this.#taken = taken
  }

  /** Null for a view that ends with its connection. */
  static of(
    joining: Joining,
    taken: Taken,
    { session, mounts, navigated }: JoinPayload,
    { lot }: JoinOptions,
  ): Visit | null {
    const { seat, parent } = taken
    const { visitor = null, scope, view, locate, target, sticky } = seat
    if (!lot || visitor === null || typeof session !== "string") return null
    const { time, anonymous, identifies, firstAnswer } = lot.options
    const waits = forgets(view) ? 0 : identifies(scope) ? time : anonymous
    if (waits === 0 && firstAnswer === 0) return null
    const id = joining.topic.slice("lv:".length)
    const key = parent ? `${parent.nesting.instance} ${id}` : taken.pageKey
    // the page around it is given another token for it each time, by which it is no other
    const token = sticky ? key : session
    const address = locate ? target : null
    // a view in another one is found by that one's instance, which is checked itself
    const joins = parent ? 0 : mounts
    const anew = navigated && mounts === 0
    const claim = { key, session: visitor, token, address, joins, anew }
    return new Visit(lot, { claim, time: waits, joining, taken })
  }

  /** The view that waits for this page, shown to it. Null when there is none, and it is to be mounted. */
  async resume(
    arrival: Arrival,
    options: JoinOptions,
  ): Promise<{ readonly running: Parent; readonly outcome: Joined } | null> {
    const guest = this.#lot.take(this.#claim, arrival.mounts > 0)
    if (!guest) return null
    const { running, controller } = guest
    const { process, nesting } = running
    const { keeper = null } = process.options
    const told = arrival.connectParams[STASH_PARAM]
    if (keeper && !(await keeper.resume(this.#taken.joins, told, this.#joining.request))) {
      this.#lot.supersede(guest)
      return null
    }
    const { request } = this.#joining
    nesting.joins = this.#taken.joins
    addParent(request, running)
    try {
      const { signal } = controller
      const lasting = { nesting, signal, keeper }
      const own = processOptions(this.#joining, this.#taken.seat, options, lasting)
      const outcome = await process.attach(own, arrival)
      if (outcome?.kind === "mounted") {
        this.#enter({ ...guest, joins: this.#claim.joins })
        return { running, outcome }
      }
      endParent(request, running)
      await endGuest(guest)
      return outcome && { running, outcome }
    } catch (error) {
      endParent(request, running)
      await endGuest(guest)
      throw error
    }
  }

  /** Where the mount for the page's first answer has led to; null where it is to be mounted again. */
  first({ mounts }: Arrival): SocketState | null {
    if (mounts > 0) return null
    return this.#lot.firstAnswers.take(this.#claim, this.#taken.seat.view)
  }

  /** The view was mounted for this page. */
  start(running: Parent, controller: AbortController): void {
    const { key, session, token, joins } = this.#claim
    const inner = this.#taken.parent !== null
    this.#enter({ ...{ key, session, token, joins, running, controller, inner }, time: this.#time })
  }

  /** The page's channel has ended. @returns Whether the view lives on. */
  end(lost: boolean): boolean {
    const guest = this.#guest
    if (!guest) return false
    const { request } = this.#joining
    const { parent } = this.#taken
    if (!this.#over && lost && !parent?.nesting.over && this.#lot.park(guest)) {
      parent?.nesting.started(() => this.#lot.drop(guest))
      this.#over = true
    }
    if (this.#over) leaveFamily(request, guest.running)
    else {
      this.#lot.leave(guest)
      guest.controller.abort()
    }
    return this.#over
  }

  #enter(guest: Guest): void {
    this.#guest = guest
    this.#lot.enter(guest, () => {
      this.#over = true
      this.#joining.close()
    })
  }
}
