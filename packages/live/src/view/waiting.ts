import type { Awaitable } from "@bennu/core"

/** Whoever waits for messages to be worked on. Each is told once: when its own is, or when none will be any more. */
export class Waiting {
  readonly #told = new Set<() => void>()
  #ended = false

  /** @param begin Is given what to call when the message is worked on; where that happens at once, there is nothing to wait for. */
  for(begin: (worked: () => void) => void): Awaitable<void> {
    let done = false
    let tell: (() => void) | null = null
    begin(() => {
      done = true
      if (tell === null) return
      this.#told.delete(tell)
      tell()
    })
    if (done || this.#ended) return
    return new Promise((resolve) => {
      tell = resolve
      this.#told.add(resolve)
    })
  }

  end(): void {
    this.#ended = true
    for (const tell of this.#told) tell()
    this.#told.clear()
  }
}
