/** Counts what is open by who opened it. */
export class Crowd {
  readonly #limit: number
  readonly #counts = new Map<string, number>()

  constructor(limit: number) {
    this.#limit = limit
  }

  /**
   * Counts one more until it closes.
   * @param who `null` for who has no address: it is this machine that asks.
   * @returns Whether there was room.
   */
  enter(who: string | null, it: { once(event: "close", listener: () => void): unknown }): boolean {
    if (who === null) return true
    const before = this.#counts.get(who) ?? 0
    if (before >= this.#limit) return false
    this.#counts.set(who, before + 1)
    it.once("close", () => {
      const left = (this.#counts.get(who) ?? 1) - 1
      if (left === 0) this.#counts.delete(who)
      else this.#counts.set(who, left)
    })
    return true
  }
}
