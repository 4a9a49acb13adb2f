import type { Delta } from "./entry.ts"

/** How far a replica is, as somebody knows it. */
export interface Known {
  readonly replica: string
  readonly version: number
  /** The number of its last sign of life. */
  readonly beat: number
}

/** What replicas tell one another. All may be lost, doubled, delayed and out of order. */
export type Message =
  /** I am alive, this is new, and I know of these. */
  | {
      readonly kind: "beat"
      readonly from: string
      readonly beat: number
      readonly version: number
      readonly delta: Delta | null
      readonly known: readonly Known[]
    }
  /** I have only these versions. */
  | {
      readonly kind: "ask"
      readonly from: string
      readonly to: string
      readonly have: readonly { readonly replica: string; readonly version: number }[]
    }
  | { readonly kind: "give"; readonly to: string; readonly deltas: readonly Delta[] }
  /** I end, and my users are on their way to others: see them for so many milliseconds more. */
  | {
      readonly kind: "bye"
      readonly from: string
      readonly delta: Delta
      readonly handOver: number
    }
