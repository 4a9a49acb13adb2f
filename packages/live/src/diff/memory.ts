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
  /** Whether a stream stands in it, so that what rendered it must not be kept. */
  readonly streams: boolean
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
  readonly streams: boolean
}

/** What the client holds of a stream: it forgets the rows, and so do we. */
export interface StreamMemory {
  readonly kind: "stream"
  readonly ref: string
  /** That of every row; `null` as long as there were none. */
  readonly template: Template | null
  /** The last change that it was told of. */
  readonly version: number
  readonly live: false
  readonly streams: true
}

/**
 * What the client holds in a slot: text or the number of a component; a node with a memory of its own; `undefined`
 * where the text follows from the hole alone.
 */
export type Child = string | number | TemplateMemory | ListMemory | StreamMemory | undefined

/** In place of what held a stream's rows. */
export const forgotten: Hole = Object.freeze([])

/** Whether a component stands in it. */
export const isLive = (child: Child): boolean =>
  typeof child === "number" || (typeof child === "object" && child.live)

/** Whether a stream stands in it. */
export const hasStreams = (child: Child): boolean => typeof child === "object" && child.streams

/** Whether a client that holds one holds the other: rows and holes are those of the same markup. */
export function isSame(one: Child, other: Child): boolean {
  if (one === other) return true
  if (typeof one !== "object" || typeof other !== "object" || one.kind !== other.kind) return false
  if (one.kind === "template" && other.kind === "template") {
    if (one.template !== other.template) return false
    return one.template.slots.every((_, i) => isSame(one.children?.[i], other.children?.[i]))
  }
  if (one.kind === "list" && other.kind === "list") {
    if (one.template !== other.template || one.entries.length !== other.entries.length) return false
    return one.entries.every((entry, i) => isSame(entry, other.entries[i]))
  }
  return false
}

/** Holes without those that hold rows of streams. */
export function keptHoles(holes: readonly Hole[], children: readonly Child[]): readonly Hole[] {
  return holes.map((hole, i) => (hasStreams(children[i]) ? forgotten : hole))
}

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
