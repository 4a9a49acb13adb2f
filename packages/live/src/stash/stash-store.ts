import { setTimeout } from "node:timers/promises"
import type { ResolvedStashOptions, StashKeeping } from "./stash-options.ts"

/** What a store has of one view: who has it, and the stash that was written last. */
interface Entry {
  readonly generation: number
  readonly token: string | null
}

const nothing: Entry = { generation: 0, token: null }
// those who write at once are at most a handful: the processes that one page has joined
const TRIES = 10

/** Stashes in a store that servers share. A view that was taken over cannot be written by whoever had it before. */
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

  /** Takes a view over from whoever has it. @param least The generation is above it. */
  claim(key: string, least: number): Promise<Entry> {
    return this.#inTime(async () => {
      for (let tries = 0; tries < TRIES; tries++) {
        const { bytes, entry } = await this.#read(key)
        const mine = { generation: Math.max(entry.generation, least) + 1, token: entry.token }
        if (await this.#replace(key, bytes, mine)) return mine
      }
      throw new Error("others keep on taking this view over")
    })
  }

  /** Who has a view: zero where nobody was written down. */
  generation(key: string): Promise<number> {
    return this.#inTime(async () => (await this.#read(key)).entry.generation)
  }

  /** @returns False when the view was taken over since. */
  put(key: string, entry: Entry): Promise<boolean> {
    return this.#inTime(async () => {
      for (let tries = 0; tries < TRIES; tries++) {
        const { bytes, entry: there } = await this.#read(key)
        if (there.generation > entry.generation) return false
        if (await this.#replace(key, bytes, entry)) return true
      }
      return false
    })
  }

  delete(key: string): Promise<void> {
    return this.#inTime(() => this.#store.delete(key))
  }

  async #read(key: string): Promise<{ readonly bytes: Uint8Array | null; readonly entry: Entry }> {
    const bytes = await this.#store.get(key)
    return { bytes, entry: (bytes && decode(bytes)) ?? nothing }
  }

  async #replace(key: string, before: Uint8Array | null, entry: Entry): Promise<boolean> {
    const bytes = Buffer.from(JSON.stringify([entry.generation, entry.token]))
    const keeping = { ttl: this.#ttl }
    if (this.#store.compareAndSet) return this.#store.compareAndSet(key, before, bytes, keeping)
    await this.#store.set(key, bytes, keeping)
    return true
  }

  /** The time begins when its turn has come: it is the store's, and not that of those before. */
  async #inTime<T>(work: () => Promise<T>): Promise<T> {
    if (this.#working >= this.#batch) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    }
    this.#working++
    const done = new AbortController()
    const late = setTimeout(this.#timeout, undefined, { signal: done.signal, ref: false }).then(
      () => {
        throw new Error(`the stash's store did not answer within ${this.#timeout} ms`)
      },
    )
    try {
      return await Promise.race([work(), late])
    } finally {
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
    const [generation, token]: unknown[] = JSON.parse(Buffer.from(bytes).toString())
    const known = typeof token === "string" || token === null
    return Number.isSafeInteger(generation) && known
      ? { generation: Number(generation), token }
      : null
  } catch {
    return null
  }
}
