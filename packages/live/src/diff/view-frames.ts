import type { Html, Renderable, Resolve } from "@bennu/html"
import { direct } from "@bennu/html/tree"
import { DuplicateComponentError } from "../errors.ts"
import { ComponentMemories, type ComponentMessage } from "./components.ts"
import { renderDiff, renderFull, replaces } from "./diff.ts"
import type { Memory } from "./memory.ts"
import { Message, type SectionOf } from "./message.ts"

/** Knows what a view's components are; here they only have numbers. */
export interface ComponentHost<C extends object> {
  /** The component for which a hole stands, and whether it has to be drawn anew; `null` for other holes. */
  place(hole: Renderable): { readonly component: C; readonly changed: boolean } | null
  /** Those that changed by themselves and were not drawn since. */
  dirty(): Iterable<C>
  /** What its pages have in common. */
  readonly sectionOf?: SectionOf | undefined
}

/** One drawing of the view (`owner` is `null`) or of a component. */
interface Drawing<C> {
  readonly owner: C | null
}

/** One message in the making. Most tell of no component, and need nothing of this. */
class Pass<C> {
  readonly #memories: ComponentMemories
  #message: ComponentMessage | null = null
  #told: Set<C> | null = null
  #seen: Map<C, Drawing<C>> | null = null
  /** What is still to be drawn. */
  readonly queue: C[] = []

  constructor(memories: ComponentMemories) {
    this.#memories = memories
  }

  /** Whether it has met any component. */
  get isUsed(): boolean {
    return this.#seen !== null || this.#told !== null
  }
  get message(): ComponentMessage {
    this.#message ??= this.#memories.message()
    return this.#message
  }
  get told(): Set<C> {
    this.#told ??= new Set()
    return this.#told
  }
  /** In which drawing each component was found. */
  get seen(): Map<C, Drawing<C>> {
    this.#seen ??= new Map()
    return this.#seen
  }
}

/**
 * The messages of one view: its tree, and beside it the components that stand in it, which are drawn in rounds until
 * none is left that changed. Whoever asks for messages draws: each yielded component is to be answered with its markup.
 */
export class ViewFrames<C extends object> {
  readonly #host: ComponentHost<C>
  readonly #memories = new ComponentMemories()
  #memory: Memory | null = null
  // numbers start at 1 and are never used again
  #next = 1
  #numbers = new Map<C, number>()
  #components = new Map<number, C>()
  readonly #owners = new WeakMap<C, C | null>()

  constructor(host: ComponentHost<C>) {
    this.#host = host
  }

  componentAt(cid: number): C | undefined {
    return this.#components.get(cid)
  }

  numberOf(component: C): number | undefined {
    return this.#numbers.get(component)
  }

  /** Forgets what the client has: the next message is whole, and components that stay get other numbers. */
  restart(): void {
    this.#memory = null
  }

  /** What to send, in this order, so that the client shows the view, or with `null` only what changed in its components. */
  *send(root: Html | null): Generator<C, readonly object[], Html> {
    const frames: object[] = []
    if (root !== null) {
      const pass = new Pass<C>(this.#memories)
      const tree = this.#drawRoot(root, pass)
      const frame = pass.isUsed ? yield* this.#withComponents(tree, pass) : tree
      if (frame !== null) frames.push(frame)
    }
    for (let dirty = this.#dirty(); dirty.length > 0; dirty = this.#dirty()) {
      const c = yield* this.#sendAlone(dirty)
      if (c !== null) frames.push({ c })
    }
    return frames
  }

  /** The page lets go of components; should they come back before it has, they are written in full. */
  leave(cids: readonly number[]): void {
    for (const cid of cids) this.#memories.leave(cid)
  }

  /** The page has let go of components. @returns Those that did not come back meanwhile, and are forgotten. */
  destroy(cids: readonly number[]): readonly (readonly [cid: number, component: C])[] {
    const gone: (readonly [number, C])[] = []
    for (const cid of cids) {
      const component = this.#components.get(cid)
      if (component === undefined || !this.#memories.isLeaving(cid)) continue
      this.#memories.forget(cid)
      this.#components.delete(cid)
      this.#numbers.delete(component)
      gone.push([cid, component])
    }
    return gone
  }

  /** All components that the page may have. */
  components(): Iterable<C> {
    return this.#numbers.keys()
  }

  #drawRoot(root: Html, pass: Pass<C>): object | null {
    if (this.#memory === null || replaces(this.#memory, root)) {
      // the client forgets all components with the tree: those that stay get other numbers
      this.#memories.clear()
      this.#numbers = new Map()
      this.#components = new Map()
      const { tree, memory } = renderFull(root, this.#message(pass, null))
      this.#memory = memory
      return tree
    }
    const { diff, memory } = renderDiff(this.#memory, root, this.#message(pass, null))
    this.#memory = memory
    return diff
  }

  *#withComponents(frame: object | null, pass: Pass<C>): Generator<C, object | null, Html> {
    yield* this.#rounds(pass)
    const whole = frame !== null
    const c = pass.message.parts((cid) => whole || this.#isInsideChanged(cid, pass))
    return c === null ? frame : { ...frame, c }
  }

  /** Components that changed by themselves. One inside of another that is written has to wait for the next message. */
  *#sendAlone(dirty: readonly C[]): Generator<C, object | null, Html> {
    const pass = new Pass<C>(this.#memories)
    for (const component of dirty) {
      if (pass.told.has(component) || this.#isInside(component, pass.told)) continue
      this.#tell(pass, component)
      yield* this.#rounds(pass)
    }
    return pass.message.parts((cid) => this.#isInsideChanged(cid, pass))
  }

  /** For one drawing of the view (`owner` is `null`) or of a component. */
  #message(pass: Pass<C>, owner: C | null): Message {
    const isTold = (cid: number) => {
      const component = this.#components.get(cid)
      return component !== undefined && pass.told.has(component)
    }
    return new Message(this.#resolve(pass, { owner }), isTold, this.#host.sectionOf)
  }

  *#rounds(pass: Pass<C>): Generator<C, void, Html> {
    for (let component = pass.queue.shift(); component; component = pass.queue.shift()) {
      const html = yield component
      const cid = this.#numbers.get(component)
      if (cid === undefined) continue
      pass.message.write(cid, html, this.#message(pass, component))
    }
  }

  #tell(pass: Pass<C>, component: C): void {
    pass.told.add(component)
    if (!pass.queue.includes(component)) pass.queue.push(component)
  }

  #resolve(pass: Pass<C>, drawing: Drawing<C>): Resolve {
    return (hole, slot) => {
      const placed = this.#host.place(hole)
      if (placed === null) return direct(hole, slot)
      const { component, changed } = placed
      const other = pass.seen.get(component)
      // the same owner may be drawn twice for one message, and the second time counts
      if (other && (other === drawing || other.owner !== drawing.owner)) {
        throw new DuplicateComponentError()
      }
      pass.seen.set(component, drawing)
      this.#owners.set(component, drawing.owner)
      let cid = this.#numbers.get(component)
      if (cid === undefined) {
        cid = this.#next++
        this.#numbers.set(component, cid)
        this.#components.set(cid, component)
        this.#tell(pass, component)
      } else if (changed || this.#memories.isLeaving(cid)) this.#tell(pass, component)
      return cid
    }
  }

  #dirty(): readonly C[] {
    if (this.#numbers.size === 0) return []
    const dirty = [...this.#host.dirty()].filter((component) => this.#numbers.has(component))
    const depth = (component: C) => [...this.#around(component)].length
    return dirty.length < 2 ? dirty : dirty.sort((a, b) => depth(a) - depth(b))
  }

  /** The components in which a component stands, the innermost first. */
  *#around(component: C): Generator<C> {
    // what left the page may seem to stand in what stands in it
    const seen = new Set([component])
    for (let owner = this.#owners.get(component); owner; owner = this.#owners.get(owner)) {
      if (seen.has(owner)) return
      seen.add(owner)
      yield owner
    }
  }

  #isInside(component: C, told: ReadonlySet<C>): boolean {
    for (const owner of this.#around(component)) if (told.has(owner)) return true
    return false
  }

  #isInsideChanged(cid: number, { message }: Pass<C>): boolean {
    const component = this.#components.get(cid)
    if (component === undefined) return false
    for (const owner of this.#around(component)) {
      if (message.changes(this.#numbers.get(owner) ?? 0)) return true
    }
    return false
  }
}
