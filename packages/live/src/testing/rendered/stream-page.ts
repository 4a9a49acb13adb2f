import { arranged, type Insert } from "../../stream/stream-rows.ts"
import { isNode, type Node } from "./node.ts"

/** Instructions of a stream: reference, inserts, deletes and perhaps `true` for a reset. */
export type Stream = readonly unknown[]

/** A row of a stream in the page: what it was printed from. */
export interface StreamRow {
  readonly id: string
  readonly statics: readonly string[]
  readonly node: Node
}

/** The stream that a node is; a mark tells once its instructions were printed. */
export function refOf({ stream, streamRef }: Node): string | null {
  const ref: unknown = Array.isArray(stream) ? stream[0] : streamRef
  return typeof ref === "string" ? ref : null
}

/** What a page keeps of streams, whose rows the client's tree forgets. */
export class StreamPage {
  readonly #rows = new Map<string, readonly StreamRow[]>()

  of(ref: string | null): readonly StreamRow[] | undefined {
    return ref === null ? undefined : this.#rows.get(ref)
  }

  /** Takes in what was printed of a stream, by its instructions. */
  take([ref, inserted, deleted, reset]: Stream, statics: readonly string[], k: Node): void {
    const inserts = listOf(inserted).map(insertOf)
    const fresh = new Map<string, StreamRow>()
    for (const [i, { id }] of inserts.entries()) {
      const node = k[i]
      if (isNode(node)) fresh.set(id, { id, statics, node })
    }
    const change = { inserts, deletes: listOf(deleted).map(String), reset: reset === true }
    const rows = arranged(this.#rows.get(String(ref)) ?? [], change, ({ id }) => {
      const row = fresh.get(id)
      if (row === undefined) throw new TypeError(`the stream has no row ${id}`)
      return row
    })
    this.#rows.set(String(ref), rows)
  }

  /** Forgets the streams that stand in the page no more. */
  keep(refs: ReadonlySet<string>): void {
    for (const ref of this.#rows.keys()) if (!refs.has(ref)) this.#rows.delete(ref)
  }
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

function insertOf(tuple: unknown): Insert {
  const [id, at, limit, updateOnly] = listOf(tuple)
  return {
    ...{ id: String(id), row: null, at: Number(at) },
    ...{ limit: typeof limit === "number" ? limit : null, updateOnly: updateOnly === true },
  }
}
