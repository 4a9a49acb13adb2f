// What is measured: tables, what they are asked, and how.
import * as tables from "./tables.ts"

export interface Work {
  readonly lines: readonly tables.Line[]
  readonly kinds: tables.Kinds
  readonly mode: tables.Mode
  /** Who cannot have this table. */
  readonly without?: string
}

/** What all kinds of requests of a work come to. */
export const MEAN = "geometric mean"

const resources = (count: number): Work => ({
  lines: tables.resources(count),
  kinds: tables.ofResources(count),
  mode: "read",
  // it builds its expression for 21 s
  ...(count > 1_000 ? { without: "hono RegExpRouter" } : {}),
})

export const works: Readonly<Record<string, () => Work>> = {
  "twelve match": () => ({ lines: tables.twelve, kinds: tables.ofTwelve, mode: "match" }),
  "twelve read": () => ({ lines: tables.twelve, kinds: tables.ofTwelve, mode: "read" }),
  "github read": () => ({
    lines: tables.github,
    kinds: tables.ofGithub,
    mode: "read",
    // it refuses the table
    without: "hono RegExpRouter",
  }),
  "10 routes read": () => resources(10),
  "100 routes read": () => resources(100),
  "1000 routes read": () => resources(1_000),
  "10000 routes read": () => resources(10_000),
}
