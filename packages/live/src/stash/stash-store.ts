import { setTimeout } from "node:timers/promises"
import type { Awaitable } from "@bennu/core"
import type { ResolvedStashOptions, StashKeeping } from "./stash-options.ts"
import type { Moment } from "./stash-seal.ts"

/** What a store has of one view: who has it, how far its page had come, and the stash that was written last. */
export interface Entry extends Moment {
  readonly token: string | null
}

const nothing: Entry = { joins: 0, generation: 0, count: 0, token: null }
// those who write at once are at most a handful: the processes that one page has joined
const TRIES = 10

/** Stashes in a store that servers share. */
export class StashStore {
  readonly #store: StashKeeping
  readonly #ttl: number
  readonly #timeout: number
  readonly #batch: number
  #working = 0
  /** Those that wait until fewer are asked about at once: at most one for each view. */
  readonly #waiting: (() => void)[] = []

  constructor(
    store: StashKeeping,
    { maxAge, timeout, batch }: Pick<ResolvedStashOptions, "maxAge" | "timeout" | "batch">,
  ) {
    this.#store = store
    this.#ttl = maxAge
    this.#timeout = timeout
    this.#batch = batch
  }

  /**
   * Writes what `make` makes of what is there; asks it again when somebody else was faster.
   * @param make Gives what it was given where nothing is to be written, and null where it may not write.
   * @returns What is there then; null where it might not.
   */
  update(key: string, make: (there: Entry) => Awaitable<Entry | null>): Promise<Entry | null> {
    return this.#inTime(async (late) => {
      for (let tries = 0; tries < TRIES; tries++) {
        const bytes = await this.#store.get(key)
        const there = (bytes && decode(bytes)) ?? nothing
        // whoever asked goes on already, as if nothing had been written
        if (late()) return null
        const entry = await make(there)
        if (entry === null || entry === there) return entry
        if (await this.#replace(key, bytes, entry)) return entry
      }
      throw new Error("others keep on writing the stash of this view")
    })
  }

  async #replace(key: string, before: Uint8Array | null, entry: Entry): Promise<boolean> {
    const { joins, generation, count, token } = entry
    const bytes = Buffer.from(JSON.stringify([joins, generation, count, token]))
    const keeping = { ttl: this.#ttl }
    if (this.#store.compareAndSet) return this.#store.compareAndSet(key, before, bytes, keeping)
    await this.#store.set(key, bytes, keeping)
    return true
  }

  /** The time begins when its turn has come: it is the store's, and not that of those before. */
  async #inTime<T>(work: (late: () => boolean) => Promise<T>): Promise<T> {
    if (this.#working >= this.#batch) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    }
    this.#working++
    const done = new AbortController()
    let over = false
    const late = setTimeout(this.#timeout, undefined, { signal: done.signal, ref: false }).then(
      () => {
        over = true
        throw new Error(`the stash's store did not answer within ${this.#timeout} ms`)
      },
    )
    const working = work(() => over)
    try {
      return await Promise.race([working, late])
    } finally {
      // whoever is late has nobody to tell
      working.catch(() => {})
      late.catch(() => {})
      done.abort()
      this.#working--
      this.#waiting.shift()?.()
    }
  }
}

/** Null for what is none of ours. */
function decode(bytes: Uint8Array): Entry | null {
  try {
    const [joins, generation, count, token]: unknown[] = JSON.parse(Buffer.from(bytes).toString())
    const numbers = [joins, generation, count].every(Number.isSafeInteger)
    if (!numbers || !(typeof token === "string" || token === null)) return null
    return { joins: Number(joins), generation: Number(generation), count: Number(count), token }
  } catch {
    return null
  }
}
