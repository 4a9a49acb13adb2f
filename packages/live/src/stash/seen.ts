import type { MountedComponent } from "../component/mounted-component.ts"
import type { Assigns } from "../view/defined-view.ts"
import type { SocketState } from "../view/socket-state.ts"
import type { DeclaredStash } from "./declared-stash.ts"
import type { KeptPart, Kept as Sealed } from "./stash-seal.ts"

/** What of a view is kept, as it is. */
export interface Kept {
  readonly assigns: Assigns
  /** Of its page's address; empty for a view that outlives it. */
  readonly path: string
  /** The components in it that keep something. */
  readonly components: Iterable<MountedComponent>
}

export const keptOf = (
  { assigns, url }: Pick<SocketState, "assigns" | "url">,
  { sticky = false }: { readonly sticky?: boolean },
  components: { kept(): Iterable<MountedComponent> },
): Kept => ({ assigns, path: sticky ? "" : url.pathname, components: components.kept() })

const nameOf = ({ name, id }: Pick<KeptPart, "name" | "id">): string => JSON.stringify([name, id])

/** A component that keeps something, as it was when somebody last looked. */
interface SeenPart {
  readonly assigns: Assigns
  /** What of them is kept. */
  readonly values: Assigns
  /** Of the looks at them all, the last in which it was there. */
  look: number
}

/** What of a view is kept, as it was when somebody last looked. */
export class Seen {
  readonly #declared: DeclaredStash
  /** Those that were kept by an earlier run, and have not been mounted again yet. */
  readonly #waiting: Map<string, KeptPart>
  #assigns: Assigns | null = null
  #values: Assigns = {}
  #path = ""
  /** Null in most views: they hold no component that keeps anything. */
  #parts: Map<MountedComponent, SeenPart> | null = null
  #looks = 0
  /** How often it changed. */
  changes = 0
  /** A checkpoint is among what its page was not given yet. */
  isUrgent = false
  #due = false

  constructor(declared: DeclaredStash, parts: readonly KeptPart[]) {
    this.#declared = declared
    this.#waiting = new Map(parts.map((part) => [nameOf(part), part]))
  }

  /** What is to be kept. */
  get kept(): Pick<Sealed, "version" | "path" | "values" | "parts"> {
    const { version } = this.#declared
    const parts = [...this.#waiting.values()]
    for (const [{ id, definition }, { values }] of this.#parts ?? []) {
      const { stash } = definition
      if (stash) parts.push({ name: stash.name, id, version: stash.version, values })
    }
    return { version, path: this.#path, values: this.#values, parts }
  }

  /** What an earlier run kept of a component, once. */
  take({ definition, id }: MountedComponent): KeptPart | null {
    if (!definition.stash || this.#waiting.size === 0) return null
    const name = nameOf({ name: definition.stash.name, id })
    const part = this.#waiting.get(name) ?? null
    this.#waiting.delete(name)
    return part
  }

  look({ assigns, path, components }: Kept): void {
    const first = this.#assigns === null
    const moved = first || path !== this.#path
    const inView = assigns !== this.#assigns && this.#lookAt(assigns)
    const inParts = this.#lookAtAll(components)
    this.#path = path
    if (moved || inView || inParts) this.changes++
    if (first) this.#due = false
  }

  /** Whether a checkpoint changed since it was last asked. */
  takeDue(): boolean {
    const due = this.#due
    this.#due = false
    return due
  }

  #lookAt(assigns: Assigns): boolean {
    const before = this.#values
    this.#assigns = assigns
    this.#values = this.#declared.of(assigns)
    return this.#differ(this.#declared, before, this.#values)
  }

  #lookAtAll(components: Iterable<MountedComponent>): boolean {
    const look = ++this.#looks
    let there = 0
    let changed = false
    for (const component of components) {
      if (!component.definition.stash || !component.isMounted) continue
      there++
      if (this.#lookAtPart(component, component.definition.stash, look)) changed = true
    }
    const parts = this.#parts
    if (!parts || parts.size === there) return changed
    for (const [component, part] of parts) if (part.look !== look) parts.delete(component)
    return true
  }

  #lookAtPart(component: MountedComponent, declared: DeclaredStash, look: number): boolean {
    const { assigns } = component
    this.#parts ??= new Map()
    const last = this.#parts.get(component)
    if (last?.assigns === assigns) {
      last.look = look
      return false
    }
    const values = declared.of(assigns)
    this.#parts.set(component, { assigns, values, look })
    return last === undefined || this.#differ(declared, last.values, values)
  }

  #differ(declared: DeclaredStash, before: Assigns, after: Assigns): boolean {
    let differ = false
    for (const name of Object.keys(after)) {
      if (Object.is(before[name], after[name])) continue
      differ = true
      if (!declared.checkpoints.has(name)) continue
      this.#due = true
      this.isUrgent = true
    }
    return differ
  }
}
