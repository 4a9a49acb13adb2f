import type { Attrs } from "./attrs.ts"
import type { Html } from "./markup.ts"
import type { Slot } from "./slot.ts"

/** The method by which a value says what stands for it in a hole. */
export const rendered: unique symbol = Symbol("bennu.rendered")

/**
 * What another package lets stand in a hole: an event of a live view, a live component.
 * A returned string is escaped for the slot. Where the hole is a whole attribute value or stands among the
 * attributes, returned `Attrs` are written instead of the attribute, so that one value can bring several along.
 */
export interface Renderable {
  readonly [rendered]: (slot: Slot) => string | Html | Attrs
}

/** What may stand in a hole. `null`, `undefined` and booleans print nothing in text. */
export type Hole =
  | string
  | number
  | bigint
  | boolean
  | null
  | undefined
  | Html
  | Attrs
  | Renderable
  | readonly Hole[]

/** Asks a renderable what stands for it. A number stands for a part that the engine prints elsewhere. */
export type Resolve = (renderable: Renderable, slot: Slot) => string | Html | Attrs | number

/** Asks the renderable itself. */
export const direct: Resolve = (renderable, slot) => renderable[rendered](slot)

/** Whether the value was made to stand in holes. Symbols do not survive JSON, so data never is. */
export function isRenderable(value: unknown): value is Renderable {
  return (
    ((typeof value === "object" && value !== null) || typeof value === "function") &&
    rendered in value
  )
}
