import type { Hole } from "../hole.ts"
import type { Later } from "./later.ts"
import { pieces } from "./pieces.ts"
import { placeholder, replacement } from "./swap.ts"
import { until, valuesOf } from "./waiting.ts"

/** What `stream` does, with nothing left optional. */
export interface Plan {
  readonly signal: AbortSignal
  readonly nonce: string | null
  readonly onError: ((error: unknown) => Hole) | null
  readonly maxPending: number
  readonly chunkSize: number
  /** What the ids of placeholders start with; no other id of the page does. */
  readonly prefix: string
}

/** A part that comes out of order. Those within it cannot take their place before it has. */
interface Part {
  readonly id: string
  readonly markup: string
  readonly within: readonly Pending[]
}
type Pending = Promise<Part>

/** Writes one page: what is there in order, then what comes later as it comes. */
export class PageWriter {
  readonly #plan: Plan
  #count = 0
  #pending = 0

  constructor(plan: Plan) {
    this.#plan = plan
  }

  /** Texts of about `chunkSize`, and what there is before each wait. */
  async *write(page: Hole): AsyncGenerator<string> {
    const { chunkSize, nonce } = this.#plan
    const pending: Pending[] = []
    let out = ""
    for await (const text of this.#inOrder(page, pending)) {
      if (out !== "" && (text === "" || out.length >= chunkSize)) {
        yield out
        out = ""
      }
      out += text
    }
    // the document stays open for what is still to come
    const end = pending.length === 0 ? -1 : out.lastIndexOf("</body>")
    if (end > 0) yield out.slice(0, end)
    else if (end === -1 && out !== "") yield out
    if (nonce !== null) for await (const part of this.#asTheyCome(pending)) yield part
    if (end !== -1) yield out.slice(end)
  }

  /** Texts as they stand in the page; an empty one says that a wait begins. */
  async *#inOrder(hole: Hole, pending: Pending[]): AsyncGenerator<string> {
    for (const piece of pieces(hole)) {
      if (typeof piece === "string") yield piece
      else if (this.#isDeferred(piece)) yield* this.#defer(piece, pending)
      else yield* this.#await(piece, pending)
    }
  }

  #isDeferred({ placeholder }: Later): boolean {
    const { nonce, maxPending } = this.#plan
    return nonce !== null && placeholder !== undefined && this.#pending < maxPending
  }

  async *#await(part: Later, pending: Pending[]): AsyncGenerator<string> {
    const { signal, onError } = this.#plan
    yield ""
    try {
      for await (const value of valuesOf(part, signal)) {
        yield* this.#inOrder(value, pending)
        yield ""
      }
    } catch (error) {
      if (onError === null || signal.aborted) throw error
      yield* this.#inOrder(onError(error), pending)
    }
  }

  async *#defer(part: Later, pending: Pending[]): AsyncGenerator<string> {
    const id = `${this.#plan.prefix}-${this.#count++}`
    this.#pending++
    const comes = this.#complete(id, part)
    // whoever waits for it hears of its failure
    comes.catch(() => {})
    let shown = ""
    for (const piece of pieces(part.placeholder)) {
      if (typeof piece !== "string") throw new TypeError("a placeholder cannot be waited for")
      shown += piece
    }
    yield placeholder(id, shown)
    pending.push(comes)
  }

  async #complete(id: string, part: Later): Pending {
    const within: Pending[] = []
    let markup = ""
    for await (const text of this.#await(part, within)) markup += text
    return { id, markup, within }
  }

  async *#asTheyCome(first: readonly Pending[]): AsyncGenerator<string> {
    const { signal, nonce } = this.#plan
    const waiting = new Map<Pending, Promise<{ readonly pending: Pending; readonly part: Part }>>()
    const add = (pending: Pending) => {
      const ready = pending.then((part) => ({ pending, part }))
      ready.catch(() => {})
      waiting.set(pending, ready)
    }
    for (const pending of first) add(pending)
    while (waiting.size > 0) {
      const { pending, part } = await until(Promise.race(waiting.values()), signal)
      waiting.delete(pending)
      this.#pending--
      yield replacement(part.id, part.markup, nonce ?? "")
      for (const pending of part.within) add(pending)
    }
  }
}
