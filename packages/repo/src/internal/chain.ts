/** What stands in a chain, between its neighbours. */
export interface Link<T> {
  before?: T | undefined
  after?: T | undefined
}

/**
 * Things in the order of coming, of which any may go at any time. A `Set` would do the same, and keep memory: V8 links the
 * table that a set grew out of to the next one, so that one old table, long out of use, holds whatever came after it until
 * the next full collection of garbage.
 */
export class Chain<T extends Link<T>> {
  #first: T | undefined
  #last: T | undefined
  #size = 0

  get first(): T | undefined {
    return this.#first
  }

  get last(): T | undefined {
    return this.#last
  }

  get size(): number {
    return this.#size
  }

  add(item: T): void {
    item.before = this.#last
    if (this.#last) this.#last.after = item
    else this.#first = item
    this.#last = item
    this.#size += 1
  }

  remove(item: T): void {
    const { before, after } = item
    // what is gone has no neighbours, and is not the only one
    if (!before && this.#first !== item) return
    if (before) before.after = after
    else this.#first = after
    if (after) after.before = before
    else this.#last = before
    item.before = item.after = undefined
    this.#size -= 1
  }
}
