import type { Clock } from "@bennu/core"

/** How a view ended that is not restored. */
export interface Ending {
  readonly why: "left" | "crashed"
  /** How often its page had been shown it before. */
  readonly joins: number
  /** It rises where something was still being written when the view ended. */
  generation: number
}

/** Writes down in the store that a view has ended; rejects where it fails. */
export type PutAway = () => Promise<unknown>

interface Waiting {
  readonly ending: Ending
  readonly putAway: PutAway
  /** What the store has is too old by then, and comes back no more. */
  readonly until: number
}

export interface EndingOptions {
  /** Milliseconds until the store is asked again, at first. */
  readonly interval: number
  readonly maxAge: number
  readonly now: Clock
}

// of each kind; those make room that ended longest ago
const LIMIT = 10_000

/**
 * Views that have ended for good: what was kept of them is not restored, and put away as soon as the store answers. Of a view in a view
 * nobody else knows: a client that comes back by another connection has let go of it and its element, and makes a new one of what the
 * view around it shows, which counts on from that one (`joinCount` in its view.ts). It brings the same for one that was open and for one
 * that it had closed, so that a process which neither heard of the end nor finds it in the store cannot tell them apart.
 */
export class Endings {
  readonly #options: EndingOptions
  readonly #settled = new Map<string, Ending>()
  /** Those that the store may have something of. */
  readonly #waiting = new Map<string, Waiting>()
  #failures = 0
  #timer: NodeJS.Timeout | null = null

  constructor(options: EndingOptions) {
    this.#options = options
  }

  /** How the last view of this name ended here; null where none did. */
  of(view: string): Ending | null {
    return this.#waiting.get(view)?.ending ?? this.#settled.get(view) ?? null
  }

  /** Whether the store may still have something of it. */
  isPending(view: string): boolean {
    return this.#waiting.has(view)
  }

  /** @param putAway Null where the store has nothing of it. */
  async add(view: string, ending: Ending, putAway: PutAway | null): Promise<void> {
    const { now, maxAge } = this.#options
    if (!putAway) return this.#settle(view, ending)
    const waiting = { ending, putAway, until: now() + maxAge }
    remember(this.#waiting, view, waiting, LIMIT)
    if (!(await this.#try(view, waiting))) this.#schedule()
  }

  /** What the store had of it was written over. */
  settle(view: string): void {
    const waiting = this.#waiting.get(view)
    if (waiting) this.#settle(view, waiting.ending)
  }

  /** Asks the store again, one by one until it fails: one that is slow is not made faster by being asked. */
  async again(): Promise<void> {
    for (const [view, waiting] of [...this.#waiting]) {
      if (waiting.until <= this.#options.now()) this.settle(view)
      else if (this.#waiting.get(view) === waiting && !(await this.#try(view, waiting))) {
        this.#failures++
        return this.#schedule()
      }
    }
    this.#failures = 0
  }

  async #try(view: string, waiting: Waiting): Promise<boolean> {
    try {
      await waiting.putAway()
    } catch {
      return false
    }
    if (this.#waiting.get(view) === waiting) this.settle(view)
    return true
  }

  #settle(view: string, ending: Ending): void {
    this.#waiting.delete(view)
    remember(this.#settled, view, ending, LIMIT)
  }

  #schedule(): void {
    if (this.#waiting.size === 0) return
    const again = () => {
      this.#timer = null
      void this.again()
    }
    const wait = this.#options.interval * 2 ** Math.min(this.#failures, 5)
    this.#timer ??= setTimeout(again, wait).unref()
  }
}

/** The one that was remembered longest ago makes room. */
export function remember<T>(all: Map<string, T>, name: string, value: T, limit: number): void {
  all.delete(name)
  all.set(name, value)
  const [oldest] = all.keys()
  if (all.size > limit && oldest !== undefined) all.delete(oldest)
}
