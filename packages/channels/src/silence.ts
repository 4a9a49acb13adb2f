/** Rings once nothing was heard for so long. What is heard moves no timer: most is heard long before it would ring. */
export class Silence implements Disposable {
  readonly #limit: number
  readonly #ring: () => void
  #heard = performance.now()
  #timer: NodeJS.Timeout

  /** @param limit Milliseconds. */
  constructor(limit: number, ring: () => void) {
    this.#limit = limit
    this.#ring = ring
    this.#timer = this.#wait(limit)
  }

  heard(): void {
    this.#heard = performance.now()
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer)
  }

  #wait(milliseconds: number): NodeJS.Timeout {
    return setTimeout(() => this.#look(), milliseconds).unref()
  }

  #look(): void {
    const left = this.#heard + this.#limit - performance.now()
    if (left > 0) this.#timer = this.#wait(left)
    else this.#ring()
  }
}
