import type { Hole, Key, Template } from "@bennu/html/tree"

/** What the client holds of a template. */
export interface TemplateMemory {
  readonly kind: "template"
  readonly template: Template
  /** What stood in the holes. */
  readonly holes: readonly Hole[]
  /** What was made of holes that are no plain values; `null` when all are. */
  readonly children: readonly Child[] | null
  /** Whether a component stands in it, which has to be asked for at each render. */
  readonly live: boolean
}

/** What the client holds of a list; made only once it had rows. */
export interface ListMemory {
  readonly kind: "list"
  /** That of every row. */
  readonly template: Template
  /** What rendered the rows. */
  readonly render: unknown
  readonly rows: readonly unknown[]
  readonly keys: readonly Key[]
  readonly entries: readonly TemplateMemory[]
  readonly live: boolean
}

/**
 * What the client holds in a slot: text or the number of a component; a node with a memory of its own; `undefined`
 * where the text follows from the hole alone.
 */
export type Child = string | number | TemplateMemory | ListMemory | undefined

/** What the client holds of a view. */
export type Memory = TemplateMemory

/** What changed, and what the client holds once it knows. */
export interface Change<P, M> {
  /** What to send; `null` when nothing changed. */
  readonly part: P | null
  readonly memory: M
}

/** Whether the text that a hole prints follows from its value alone. */
export const isPlain = (hole: Hole): boolean =>
  hole === null || (typeof hole !== "object" && typeof hole !== "function")
