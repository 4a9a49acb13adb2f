/** What a node of the fault tests is told to do. Each order is answered with a report. */
export type Order =
  | { readonly do: "say" | "hush" | "report" | "forget" | "stop" }
  | { readonly do: "track"; readonly keys: readonly string[] }

export interface Report {
  readonly name: string
  readonly up: boolean
  readonly said: number
  /** Own messages that its own listener heard. */
  readonly own: number
  readonly heard: readonly {
    readonly from: string
    readonly count: number
    readonly wrong: number
  }[]
  /** Messages in gaps that name their number. */
  readonly counted: number
  /** Gaps that name nobody. */
  readonly unknown: number
  /** The longest time without a connection. */
  readonly outage: number
  /** Keys that came and went. */
  readonly arrived: number
  readonly gone: number
  readonly goneTwice: number
  readonly present: number
}
