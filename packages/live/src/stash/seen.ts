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

// most views hold no component that keeps anything
const none: ReadonlyMap<MountedComponent, Assigns> = new Map()

/** What of a view is kept, as it was when somebody last looked. */
export class Seen {
  readonly #declared: DeclaredStash
  /** Those that were kept by an earlier run, and have not been mounted again yet. */
  readonly #waiting: Map<string, KeptPart>
  #assigns: Assigns | null = null
  #values: Assigns = {}
  #path = ""
  #components: ReadonlyMap<MountedComponent, Assigns> = none
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
    for (const [{ id, definition }, assigns] of this.#components) {
      const { stash } = definition
      if (stash)
        parts.push({ name: stash.name, id, version: stash.version, values: stash.of(assigns) })
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
    const before = this.#components
    let changed = false
    let now: Map<MountedComponent, Assigns> | null = null
    for (const component of components) {
      const { definition, assigns } = component
      if (!definition.stash || !component.isMounted) continue
      now ??= new Map()
      now.set(component, assigns)
      const last = before.get(component)
      if (last === assigns) continue
      changed ||= last === undefined
      if (
        last &&
        this.#differ(definition.stash, definition.stash.of(last), definition.stash.of(assigns))
      )
        changed = true
    }
    if (now || before.size > 0) this.#components = now ?? none
    return changed || this.#components.size !== before.size
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
