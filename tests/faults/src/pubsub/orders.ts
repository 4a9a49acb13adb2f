/** How a node is started; its only argument, as JSON. */
export interface NodeOptions {
  readonly name: string
  /** Of the broker, or of the way to it. */
  readonly url: string
  /** Where it writes down what happens to it. */
  readonly history: string
  /** After how many ms without news of a node it forgets it for good; 20 s unless told. */
  readonly permdownPeriod?: number | undefined
  /** What it does wrong, for the checker to find. */
  readonly plant?: Plant | undefined
}

export type Plant =
  /** Does not hear some messages of others, and notices nothing. */
  | "deaf"
  /** Hears some messages of others twice. */
  | "stutter"
  /** Does not hear some of its own messages. */
  | "forgetful"
  /** Sees users who are not there. */
  | "haunted"

/** What a node is told to do. Each order is answered with a report. */
export type Order =
  | { readonly do: "say" | "hush" | "report" | "mark" | "stop" }
  | { readonly do: "track"; readonly keys: readonly string[] }

export interface Report {
  readonly up: boolean
  /** Messages that it has heard, or knows it has missed. */
  readonly told: number
  /** How many users it sees, and a digest of who they are. */
  readonly present: number
  readonly members: string
}
