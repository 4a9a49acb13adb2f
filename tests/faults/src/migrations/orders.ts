/** What a node is told to do. */
export type Order =
  /** Migrates a schema of its own; in `without` a lock, whoever plants that. */
  | { readonly do: "migrate"; readonly round: number; readonly lock: boolean }
  /** Builds an index over a table in that schema. */
  | { readonly do: "index"; readonly round: number }

/** What it answers: `holding` in the middle of a migration that asks to be killed there. */
export type Report =
  | { readonly told: "ready" }
  | { readonly told: "holding"; readonly round: number }
  | { readonly told: "done"; readonly round: number; readonly applied: number }
  | { readonly told: "failed"; readonly round: number; readonly message: string }
