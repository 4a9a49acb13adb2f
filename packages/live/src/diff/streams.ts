import type { ListTree, Template } from "@bennu/html/tree"
import { StreamRows } from "../stream/stream-rows.ts"
import type { StreamMemory } from "./memory.ts"
import type { WireInsert, WireStream } from "./wire.ts"

/** The stream that a list shows; `null` when it is a list. */
export const streamOf = ({ source }: ListTree): StreamRows | null =>
  source instanceof StreamRows ? source : null

/** What a message tells of a stream. */
export function told({ ref, inserts, deletes, reset }: StreamRows): WireStream {
  const rows = inserts.map(
    ({ id, at, limit, updateOnly }): WireInsert => [id, at, limit, updateOnly || null],
  )
  return reset ? [ref, rows, deletes, true] : [ref, rows, deletes]
}

/** What the client holds once it was told. */
export const streamMemory = (
  { ref, version }: StreamRows,
  template: Template | null,
): StreamMemory => ({ kind: "stream", template, ref, version, live: false, streams: true })
