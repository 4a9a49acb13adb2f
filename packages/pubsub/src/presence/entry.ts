/** What is told of one presence; beside the two references whatever it was tracked with. */
export interface Meta {
  /** Names this meta on all nodes; a new one with each update. */
  readonly phx_ref: string
  /** What an updated meta was named before. */
  readonly phx_ref_prev?: string
  readonly [field: string]: unknown
}

/** One tracked presence. Together with its replica the clock is its dot: no other entry ever has the same. */
export interface Entry {
  readonly clock: number
  readonly topic: string
  readonly key: string
  readonly meta: Meta
}

/**
 * What one replica did after the version `from`, up to the version `to`. A delta from 0 is its whole state. Of what was
 * added and removed in between it says nothing.
 */
export interface Delta {
  /** One run of a node: who starts again is another replica, so that nothing of its former life is taken for its own. */
  readonly replica: string
  readonly from: number
  readonly to: number
  readonly adds: readonly Entry[]
  /** Clocks of entries that are older than `from`. */
  readonly removes: readonly number[]
}
