import type { Spliced } from "./spliced.ts"

/** What stands in a dynamic position: text, the number of a component, or a node. */
export type WirePart = string | number | WireNode | Spliced

/** A template: its dynamics by index, and its statics when the client lacks them. */
export interface WireNode {
  [index: number]: WirePart
  /** Statics, or the number that they have in `p`; of a component in `c` the number of the one that has the same, with a minus as it was. */
  s?: readonly string[] | number
  /** The markup is exactly one element, which the client need not print again when nothing in it changed. */
  r?: 1
  /** The rows, when the node is a list: `s` are then the statics of each row. */
  k?: WireRows
  /** The list is a stream: what the page does to the rows that it has. */
  stream?: WireStream
  /** Statics of this message that several of its nodes have in common; on the outermost node only. */
  p?: Record<number, readonly string[]>
}

/** Inserts, ids to be deleted, and `true` when all others go. */
export type WireStream =
  | readonly [ref: string, inserts: readonly WireInsert[], deletes: readonly string[]]
  | readonly [ref: string, inserts: readonly WireInsert[], deletes: readonly string[], reset: true]
export type WireInsert = readonly [
  id: string,
  at: number,
  limit: number | null,
  updateOnly: true | null,
]

/** Rows that are new, changed, moved (the index they had) or both; what is not here is as it was. */
export interface WireRows {
  [index: number]: WireNode | number | readonly [before: number, changes: WireNode]
  /** How many rows there are. */
  kc: number
  /** Whether any moved. */
  km?: true
}
