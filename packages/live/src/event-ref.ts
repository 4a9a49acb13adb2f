import { type Renderable, rendered } from "@bennu/html"

declare const payload: unique symbol

/**
 * An event, named where its handler stands: `phx-click="${toggle}"`. `render` gets one for each key of `events`, so that a renamed
 * event breaks the build and not the page. As a prop of a component, `T` is what the event takes.
 */
export interface EventRef<in T = never> extends Renderable {
  /** As the page sends it. */
  readonly name: string
  /** The live component that handles it, as `phx-target` names it; none where the view does. */
  readonly target?: string
  readonly [payload]?: (value: T) => void
}

class NamedEvent implements EventRef<unknown> {
  readonly name: string
  constructor(name: string) {
    this.name = name
  }
  [rendered](): string {
    return this.name
  }
  toString(): string {
    return this.name
  }
}

/** An event that another view handles, or only the page itself; its name is not checked. */
export const eventNamed = (name: string): EventRef<unknown> => new NamedEvent(name)
