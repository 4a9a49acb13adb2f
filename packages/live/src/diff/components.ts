import type { Html } from "@bennu/html"
import { type Template, treeOf } from "@bennu/html/tree"
import { ComponentRootError } from "../errors.ts"
import { change } from "./change.ts"
import { fill } from "./full.ts"
import type { TemplateMemory } from "./memory.ts"
import type { Message } from "./message.ts"
import type { WireNode } from "./wire.ts"

/** What the client holds of a view's components, by their numbers. */
export class ComponentMemories {
  readonly #held = new Map<number, TemplateMemory>()
  readonly #leaving = new Set<number>()

  /** For one message. */
  message(): ComponentMessage {
    return new ComponentMessage(this.#held, this.#leaving)
  }

  /** The client is about to forget it, unless it comes back. */
  leave(cid: number): void {
    if (this.#held.has(cid)) this.#leaving.add(cid)
  }

  isLeaving(cid: number): boolean {
    return this.#leaving.has(cid)
  }

  forget(cid: number): void {
    this.#held.delete(cid)
    this.#leaving.delete(cid)
  }

  /** With another root the client forgets all. */
  clear(): void {
    this.#held.clear()
    this.#leaving.clear()
  }
}

/** A component that lends its statics to another one. */
interface Model {
  readonly number: number
  readonly memory: TemplateMemory
}

/** What one message says of components. */
export class ComponentMessage {
  readonly #held: Map<number, TemplateMemory>
  readonly #leaving: Set<number>
  /** Of those that were written: what the client holds until it gets the message. */
  readonly #before = new Map<number, TemplateMemory | null>()
  readonly #models = new Map<Template, Model | null>()
  readonly #parts = new Map<number, WireNode>()
  /** Those of which there is nothing to say but that components in them changed. */
  readonly #unchanged = new Set<number>()

  constructor(held: Map<number, TemplateMemory>, leaving: Set<number>) {
    this.#held = held
    this.#leaving = leaving
  }

  /**
   * `c` of the message; `null` when it has nothing to say.
   * @param isPrinted Of a component that did not change but holds some that did: whether the client prints it.
   */
  parts(isPrinted: (cid: number) => boolean): Record<number, WireNode> | null {
    const parts = [...this.#parts].filter(([cid]) => !this.#unchanged.has(cid) || isPrinted(cid))
    return parts.length > 0 ? Object.fromEntries(parts) : null
  }

  /** Whether the message says something new of a component. */
  changes(cid: number): boolean {
    return this.#parts.has(cid) && !this.#unchanged.has(cid)
  }

  /**
   * Writes a component. One that was about to be forgotten is written in full; what the message said of it before is
   * replaced.
   * @throws {ComponentRootError} when it is not exactly one element.
   */
  write(cid: number, html: Html, message: Message): void {
    const tree = treeOf(html)
    if (tree.kind !== "template" || !tree.template.root) throw new ComponentRootError()
    const { template } = tree
    const before = this.#memoryBefore(cid)
    this.#before.set(cid, before)
    this.#unchanged.delete(cid)
    if (before?.template === template && !this.#leaving.has(cid)) {
      const { part, memory } = change(before, tree, message)
      this.#held.set(cid, memory)
      if (part === null && !message.tells) this.#parts.delete(cid)
      else this.#parts.set(cid, part ?? {})
      if (!message.changed) this.#unchanged.add(cid)
      return
    }
    this.#leaving.delete(cid)
    const model = this.#modelOf(template, cid)
    const node: WireNode = {}
    const memory = fill(node, tree, message, model?.memory ?? null)
    message.shareFrom(node, template, model?.number ?? null)
    this.#held.set(cid, memory)
    this.#parts.set(cid, node)
    // from now on the others may take after it
    if (before === null && model === null) this.#models.set(template, { number: cid, memory })
  }

  /** One that the client holds, as it was before this message; else one that is new in it. */
  #modelOf(template: Template, cid: number): Model | null {
    let model = this.#models.get(template)
    if (model === undefined) {
      model = this.#heldOf(template, cid)
      this.#models.set(template, model)
    }
    return model
  }

  #heldOf(template: Template, self: number): Model | null {
    for (const cid of this.#held.keys()) {
      if (cid === self || this.#leaving.has(cid)) continue
      const memory = this.#memoryBefore(cid)
      if (memory?.template === template) return { number: -cid, memory }
    }
    return null
  }

  #memoryBefore(cid: number): TemplateMemory | null {
    const written = this.#before.get(cid)
    return written === undefined ? (this.#held.get(cid) ?? null) : written
  }
}
