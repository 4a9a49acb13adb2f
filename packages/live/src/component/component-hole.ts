import { type Html, type Renderable, rendered } from "@bennu/html"
import { DefinitionError } from "../errors.ts"
import { DefinedComponent } from "./defined-component.ts"
import type { LiveComponent } from "./live-component.ts"

/** Props, once it no longer matters to the types whose they are. */
export type AnyProps = Readonly<Record<string, unknown>>

/** What stands for a component where nothing keeps it. */
type Draw = (hole: ComponentHole) => Html

// Printing is synchronous: whoever prints sets it, and nobody else runs until it is set back.
let current: Draw | null = null

/** Prints, with an answer for the components that the markup holds. */
export function drawnIn<T>(draw: Draw, print: () => T): T {
  const before = current
  current = draw
  try {
    return print()
  } finally {
    current = before
  }
}

/** @throws {DefinitionError} for a component that is not among those of the view. */
export function demandComponent(
  allowed: ReadonlySet<DefinedComponent>,
  definition: DefinedComponent,
): void {
  if (allowed.has(definition)) return
  throw new DefinitionError("a live component stands in a view that does not declare it", {
    hint: "Name it in the view: components: [ … ].",
  })
}

/** A component where it stands in markup. */
export class ComponentHole implements Renderable {
  readonly definition: DefinedComponent
  readonly id: string
  readonly props: AnyProps

  constructor(definition: DefinedComponent, id: string, props: AnyProps) {
    this.definition = definition
    this.id = id
    this.props = props
  }

  [rendered](): Html {
    if (current) return current(this)
    throw new DefinitionError("a live component is rendered outside of a live view", {
      hint: "Show it in the render of a view, or of a component of one, and in none of its shared sections.",
    })
  }
}

/**
 * Shows a live component: `${component(TitleEditor, { id: todo.id, title: todo.title })}`. The same `id` is the same component, with the
 * state that it has, wherever in the view it stands; it is rendered anew when its props or its state changed.
 */
export function component<P>(
  definition: LiveComponent<never, P>,
  { id, ...props }: NoInfer<P> & { readonly id: string },
): Renderable {
  return new ComponentHole(DefinedComponent.from(definition), id, props)
}
