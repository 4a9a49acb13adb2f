import type { Gap } from "../adapter.ts"
import type { Outgoing, Packet } from "./packet.ts"

/** Publishers whose numbers are kept in mind; of more, those not heard of for longest are forgotten. */
const MAX_PUBLISHERS = 4_096

/** Knows how far each publisher is: takes each message once and finds those that are missing. */
export class Inbox {
  /** The number expected next, by publisher; the one heard last is last. */
  readonly #expected = new Map<string, number>()

  /** @returns What of the packet is new, and what is missing before it. */
  take({ publisher, first, messages }: Packet): {
    readonly fresh: readonly Outgoing[]
    readonly gap: Gap | null
  } {
    const expected = this.#expected.get(publisher) ?? first
    this.#expected.delete(publisher)
    this.#expected.set(publisher, Math.max(expected, first + messages.length))
    if (this.#expected.size > MAX_PUBLISHERS) this.#forgetOne()
    // Sent again, because the first attempt was not acknowledged
    if (first < expected) return { fresh: messages.slice(expected - first), gap: null }
    const count = first - expected
    return { fresh: messages, gap: count > 0 ? { publisher, count } : null }
  }

  #forgetOne(): void {
    for (const publisher of this.#expected.keys()) {
      this.#expected.delete(publisher)
      return
    }
  }
}
