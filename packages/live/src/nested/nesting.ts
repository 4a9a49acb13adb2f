import type { Html } from "@bennu/html"
import { DefinitionError } from "../errors.ts"
import type { Container } from "../live-view.ts"
import type { DefinedView } from "../view/defined-view.ts"

/** A view as it stands in the markup of another. */
export interface Nested {
  readonly view: DefinedView
  readonly id: string
  /** As it travels: JSON. */
  readonly session: unknown
  readonly sticky: boolean
  /** Its crash is also that of the view around it. */
  readonly linked: boolean
  readonly container: Container
}

/** Whoever renders a view that may hold others: says what stands in their place. */
export interface Nesting {
  place(nested: Nested): Html
}

// Rendering is synchronous: whoever renders sets it, and nobody else runs until it is set back.
let current: Nesting | null = null

/** Renders, with an answer for the views that the markup holds. */
export function nestedIn<T>(nesting: Nesting | null, render: () => T): T {
  const before = current
  current = nesting
  try {
    return render()
  } finally {
    current = before
  }
}

/** @throws {DefinitionError} outside of a live view. */
export function placed(nested: Nested): Html {
  if (current) return current.place(nested)
  throw new DefinitionError("liveRender(view, …) was printed outside of a live view", {
    hint: "In a controller await liveRender(conn, view, …).",
  })
}

/** @throws {DefinitionError} for a view that is not among the `views` of those around it. */
export function demandDeclared(allowed: ReadonlySet<DefinedView>, { view, id }: Nested): void {
  if (allowed.has(view)) return
  throw new DefinitionError(`the view "${id}" is rendered by one that does not declare it`, {
    hint: "Add it to `views` of the view or of the live session: its page finds it by that.",
  })
}

/** The views that a view may hold: its own, and those of everyone around it. */
export const allowedIn = (
  view: DefinedView,
  around: Iterable<DefinedView>,
): ReadonlySet<DefinedView> => new Set([...around, ...view.views])
