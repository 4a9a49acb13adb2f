/** What stands in a dynamic position: text, the number of a component, or a node. */
export type WirePart = string | number | WireNode

/** A template: its dynamics by index, and its statics when the client lacks them. */
export interface WireNode {
  [index: number]: WirePart
  /** Statics, or the number that they have in `p`. */
  s?: readonly string[] | number
  /** The markup is exactly one element, which the client need not print again when nothing in it changed. */
  r?: 1
  /** The rows, when the node is a list: `s` are then the statics of each row. */
  k?: WireRows
  /** Statics of this message that several of its nodes have in common; on the outermost node only. */
  p?: Record<number, readonly string[]>
}

/** Rows that are new, changed, moved (the index they had) or both; what is not here is as it was. */
export interface WireRows {
  [index: number]: WireNode | number | readonly [before: number, changes: WireNode]
  /** How many rows there are. */
  kc: number
  /** Whether any moved. */
  km?: true
}
