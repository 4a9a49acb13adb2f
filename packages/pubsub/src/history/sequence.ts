/** Publishers that are kept in mind; of more, those not heard of for longest are forgotten. */
const MAX_PUBLISHERS = 4_096
/** How long a publisher may take to say again what was missed. */
const PATIENCE = 10_000

/** Which numbers of which publishers have come, and which are still missing. */
export class Sequence {
  readonly #maxMissing: number
  readonly #last = new Map<string, number>()
  readonly #missing = new Map<string, { readonly numbers: Set<number>; readonly since: number }>()
  /** All that came after this is known or on its way. */
  #sureSince: number

  constructor(maxMissing: number, now: number) {
    this.#maxMissing = maxMissing
    this.#sureSince = now
  }

  /** @returns Whether it is new; and, if some before it are missing, the last number before those. */
  take(publisher: string, number: number, now: number) {
    const last = this.#last.get(publisher)
    if (last !== undefined && number <= last) return { fresh: this.#found(publisher, number) }
    this.#last.delete(publisher)
    this.#last.set(publisher, number)
    if (this.#last.size > MAX_PUBLISHERS) this.#forgetOne()
    if (number === (last ?? 0) + 1) return { fresh: true }
    // What a publisher said before it was first heard may be older than this node, and is not asked for
    if (last === undefined || number - last > this.#maxMissing) {
      this.unsure(now)
      return { fresh: true }
    }
    const { numbers } = this.#missing.get(publisher) ?? { numbers: new Set<number>() }
    for (let at = last + 1; at < number; at += 1) numbers.add(at)
    this.#missing.set(publisher, { numbers, since: now })
    return { fresh: true, after: last }
  }

  /** What the publisher no longer has is lost. */
  lost(publisher: string, before: number, now: number): void {
    const numbers = this.#missing.get(publisher)?.numbers
    for (const number of numbers ?? []) {
      if (number >= before) continue
      numbers?.delete(number)
      this.unsure(now)
    }
    if (numbers?.size === 0) this.#missing.delete(publisher)
  }

  /** Anything may be missing that came before now. */
  unsure(now: number): void {
    this.#sureSince = now
  }

  /** Since when nothing is missing; null while some are awaited. */
  sureSince(now: number): number | null {
    for (const [publisher, { since }] of this.#missing) {
      if (now - since < PATIENCE) return null
      this.#missing.delete(publisher)
      this.unsure(now)
    }
    return this.#sureSince
  }

  /** How far each publisher was when it was last heard. */
  get last(): Iterable<readonly [publisher: string, number: number]> {
    return this.#last
  }

  #found(publisher: string, number: number): boolean {
    const missing = this.#missing.get(publisher)
    const found = missing?.numbers.delete(number) ?? false
    if (missing?.numbers.size === 0) this.#missing.delete(publisher)
    return found
  }

  #forgetOne(): void {
    for (const publisher of this.#last.keys()) {
      this.#last.delete(publisher)
      return
    }
  }
}
