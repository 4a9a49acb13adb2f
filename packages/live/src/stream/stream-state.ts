import { type Insert, type StreamChange, StreamRows } from "./stream-rows.ts"

/** One thing that was done to a stream. */
type Step =
  | { readonly kind: "insert"; readonly inserts: readonly Insert[] }
  | { readonly kind: "delete"; readonly id: string }
  | { readonly kind: "reset" }

/** Steps, the last first: another one costs the same however many there are. */
interface Steps {
  readonly last: Step
  readonly before: Steps | null
}

/** A stream between two frames: what was done to it since the last. It is never changed. */
export class StreamState {
  /** Tells the streams of a page apart. */
  readonly ref: string
  readonly #version: number
  readonly #steps: Steps | null

  private constructor(ref: string, version: number, steps: Steps | null) {
    this.ref = ref
    this.#version = version
    this.#steps = steps
  }

  static empty(ref: string): StreamState {
    return new StreamState(ref, 0, null)
  }

  /** Nothing was ever done to it. */
  get isUntouched(): boolean {
    return this.#version === 0
  }

  insert(inserts: readonly Insert[]): StreamState {
    return inserts.length === 0 ? this : this.#after({ kind: "insert", inserts })
  }

  delete(id: string): StreamState {
    return this.#after({ kind: "delete", id })
  }

  reset(): StreamState {
    return this.#after({ kind: "reset" })
  }

  /** The same stream once the page knows: nothing of its rows is kept. */
  sent(): StreamState {
    return this.#steps === null ? this : new StreamState(this.ref, this.#version, null)
  }

  /** What there is to be told. */
  rows(): StreamRows {
    return new StreamRows(this.ref, this.#version, changeOf(this.#steps))
  }

  #after(step: Step): StreamState {
    return new StreamState(this.ref, this.#version + 1, { last: step, before: this.#steps })
  }
}

/** What steps come to. The page lets rows go before it takes others in, and hears of each row once. */
function changeOf(steps: Steps | null): StreamChange {
  const inOrder: Step[] = []
  for (let at = steps; at !== null; at = at.before) inOrder.push(at.last)
  let inserts = new Map<string, Insert>()
  let deletes = new Set<string>()
  let reset = false
  for (const step of inOrder.reverse()) {
    if (step.kind === "insert") for (const insert of step.inserts) add(insert)
    else if (step.kind === "delete") {
      inserts.delete(step.id)
      if (!reset) deletes.add(step.id)
    } else {
      inserts = new Map()
      deletes = new Set()
      reset = true
    }
  }
  return { inserts: [...inserts.values()], deletes: [...deletes], reset }

  function add(insert: Insert): void {
    const { id, row, updateOnly } = insert
    const before = inserts.get(id)
    // what was let go is not there to be updated
    if (updateOnly && !before && (reset || deletes.has(id))) return
    if (before?.updateOnly && !updateOnly) inserts.delete(id)
    const stays = before && (updateOnly || !before.updateOnly)
    // a row that is on its way keeps its place, and is told as it is now
    inserts.set(id, stays ? { ...before, row } : insert)
  }
}
