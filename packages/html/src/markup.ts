import { direct, type Resolve } from "./hole.ts"

/** Prints a piece of markup behind what was printed before it; `resolve` answers for what other packages put in. */
export const print: unique symbol = Symbol("bennu.print")

// No data has a symbol of ours: neither JSON nor structured clones carry one. A private field would say the same, and cost one twentieth of
// the printing of a page.
const brand: unique symbol = Symbol("bennu.html")

// What constructors ask for, so that only this package makes markup.
const maker: unique symbol = Symbol("bennu.maker")
export type Maker = typeof maker
export const make: Maker = maker

/**
 * Markup that needs no escaping. Only `html` and its helpers make one: it is known by a mark of this module and never
 * by its shape, so that no data can pass for markup.
 */
export abstract class Html {
  declare protected readonly [brand]: true

  protected constructor(made: Maker) {
    if (made !== maker) throw new TypeError("only html and its helpers make markup")
    this[brand] = true
  }

  /** @internal */
  abstract [print](printed: string, resolve: Resolve): string

  /** The markup as text. */
  toString(): string {
    return this[print]("", direct)
  }

  /** @internal */
  static is(value: object): value is Html {
    return value instanceof Html && brand in value
  }
}

/** Whether the value is markup. */
export const isHtml = (value: unknown): value is Html =>
  typeof value === "object" && value !== null && Html.is(value)

/**
 * The markup as text.
 * @param resolve Answers for events and components; without it each answers for itself.
 */
export const printed = (html: Html, resolve: Resolve = direct): string => html[print]("", resolve)
