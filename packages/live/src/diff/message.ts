import { direct, type Hole, type Resolve, type SlotPlan, type Template } from "@bennu/html/tree"
import { SharedSection } from "../shared.ts"
import type { Section } from "./sections.ts"
import type { WireNode } from "./wire.ts"

// Statics are constants of the program: how long they are in JSON is found once.
const lengths = new WeakMap<Template, number>()

function lengthOf(template: Template): number {
  let length = lengths.get(template)
  if (length === undefined) {
    length = JSON.stringify(template.statics).length
    lengths.set(template, length)
  }
  return length
}

/** The nodes of a message that have one template. */
interface Needing {
  readonly nodes: WireNode[]
  /** Those whose statics another component brings, should the message take that for its model. */
  readonly like: WireNode[]
}

/** Finds what was made of a section for other pages. */
export type SectionOf = (section: SharedSection) => Section

/** One message on its way: it knows which of its nodes need statics. */
export class Message {
  readonly resolve: Resolve
  readonly #isTold: (cid: number) => boolean
  readonly #sectionOf: SectionOf | null
  /** Whether there is anything to say but numbers of components that the message tells of. */
  changed = false
  /** Whether it tells of a component that stands here. */
  tells = false
  #roots = 0
  /** Most messages bring no statics. */
  #needs: Map<Template, Needing> | null = null

  /**
   * @param isTold Whether the message says something of a component.
   * @param sectionOf What pages have in common; without it sections are drawn as if they were not shared.
   */
  constructor(
    resolve: Resolve = direct,
    isTold: (cid: number) => boolean = () => false,
    sectionOf: SectionOf | null = null,
  ) {
    this.resolve = resolve
    this.#isTold = isTold
    this.#sectionOf = sectionOf
  }

  /** The section that stands in a slot; null for what is no section, or stands where no node can. */
  sectionIn({ kind }: SlotPlan, hole: Hole): Section | null {
    if (this.#sectionOf === null || !(hole instanceof SharedSection)) return null
    return kind === "text" || kind === "markup" ? this.#sectionOf(hole) : null
  }

  /**
   * Whether a component's number, which the client has, is sent again: it prints nodes with `r` that a message does not
   * touch as shells, with all that is in them.
   */
  repeats(cid: number): boolean {
    if (!this.#isTold(cid)) return false
    this.tells = true
    return this.#roots > 0
  }

  /** Works on a node with `r`. */
  inRoot<T>(work: () => T): T {
    this.#roots++
    const done = work()
    this.#roots--
    return done
  }

  /** Gives a node its statics, which the client lacks, but for those that it may take over. */
  needs(node: WireNode, template: Template, like = false): void {
    node.s = template.statics
    this.#needs ??= new Map()
    let needing = this.#needs.get(template)
    if (needing === undefined) {
      needing = { nodes: [], like: [] }
      this.#needs.set(template, needing)
    }
    if (like) needing.like.push(node)
    else needing.nodes.push(node)
  }

  /** Puts statics that several nodes have into `p` of the outermost node, where that is shorter. */
  share(outermost: WireNode): void {
    if (this.#needs === null) return
    let shared: Record<number, readonly string[]> | null = null
    let next = 0
    for (const [template, { nodes, like }] of this.#needs) {
      const length = lengthOf(template)
      const digits = next < 10 ? 1 : 2
      // `"0":` with a comma before it, and `,"p":{}` around the first
      const frame = digits + (next === 0 ? 10 : 4)
      const count = nodes.length + like.length
      if (count * length <= count * digits + length + frame) continue
      shared ??= {}
      shared[next] = template.statics
      for (const node of nodes) node.s = next
      for (const node of like) node.s = next
      next++
    }
    if (shared !== null) outermost.p = shared
  }

  /**
   * Gives the outermost node of a component its statics: its own, or those of a model where that is shorter.
   * @param model The number of a component of the same template, with a minus when it is meant as it was before.
   */
  shareFrom(outermost: WireNode, template: Template, model: number | null): void {
    outermost.r = 1
    outermost.s = template.statics
    if (model === null || !this.#isShorterWith(template)) {
      this.share(outermost)
      return
    }
    outermost.s = model
    delete outermost.r
    for (const { like } of this.#needs?.values() ?? []) {
      for (const node of like) {
        delete node.s
        delete node.r
      }
    }
  }

  /** Beside a model no statics are put into `p`, since the model may bring a `p` of its own. */
  #isShorterWith(root: Template): boolean {
    let saved = lengthOf(root)
    for (const [template, { nodes, like }] of this.#needs ?? []) {
      const length = lengthOf(template)
      const count = nodes.length + like.length
      saved += Math.min(count * length, count + length + 5) - nodes.length * length
    }
    return saved > 0
  }
}
