import { AttributeNameError } from "./errors.ts"
import type { Hole, Renderable } from "./hole.ts"

export type AttrValue = string | number | boolean | null | undefined | Renderable
export type AttrValues = Readonly<Record<string, AttrValue>>

const maker = Symbol("bennu.attrs")

/** The attributes of one tag: `<input ${attrs({ name, required })}>`. */
export class Attrs {
  readonly #attrs = true
  /** @internal Names and values in the order in which they are written. */
  readonly entries: readonly (readonly [name: string, value: Hole])[]

  /** @internal */
  constructor(made: symbol, entries: readonly (readonly [string, Hole])[]) {
    if (made !== maker) throw new TypeError("only attrs() makes attributes")
    this.entries = entries
  }

  /** @internal */
  static is(value: object): value is Attrs {
    return #attrs in value && value.#attrs
  }
}

/** Whether the value was made by `attrs`. */
export const isAttrs = (value: unknown): value is Attrs =>
  typeof value === "object" && value !== null && Attrs.is(value)

/**
 * Several attributes at once, or attributes that a component passes on: `<input ${attrs({ name, required })}>`.
 * Values follow the rules of a whole attribute: `false` and `null` leave it out, `true` writes it bare.
 * @throws {AttributeNameError} for a name that is none, and for event handlers (`onclick`), whose value is a script.
 */
export function attrs(values: AttrValues): Attrs {
  const entries = Object.entries(values)
  for (const [name] of entries) checkName(name)
  return new Attrs(maker, entries)
}

function checkName(name: string): void {
  for (let i = 0; i < name.length; i++) {
    const code = name.charCodeAt(i)
    // space and controls, " ' / < = >
    if (
      code <= 32 ||
      code === 127 ||
      code === 34 ||
      code === 39 ||
      code === 47 ||
      (code >= 60 && code <= 62)
    ) {
      throw new AttributeNameError(
        name,
        "Names of attributes have no spaces, quotes, /, <, > or =.",
      )
    }
  }
  if (name === "") throw new AttributeNameError(name, "A name cannot be empty.")
  if (isEventHandler(name)) throw new AttributeNameError(name, EVENT_HANDLER_HINT)
}

/** Whether the value of an attribute is a script. */
export const isEventHandler = (name: string): boolean =>
  name.length > 2 && (name.charCodeAt(0) | 32) === 111 && (name.charCodeAt(1) | 32) === 110

export const EVENT_HANDLER_HINT =
  "What stands in it would be run as a script. Listen from a script of the page, or use phx-click in a live view."
