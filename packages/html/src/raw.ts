import { HoleError } from "./errors.ts"
import { callerOf } from "./internal/caller.ts"
import { Html, isHtml, make, print } from "./markup.ts"
import { noteRaw } from "./raw-sites.ts"

const development = process.env["NODE_ENV"] !== "production"

/** Markup that somebody vouched for. */
export class RawHtml extends Html {
  readonly kind = "raw"
  readonly markup: string

  constructor(markup: string) {
    super(make)
    this.markup = markup
  }

  override [print](printed: string): string {
    return printed + this.markup
  }
}

/** Whether somebody vouched for the value. */
export const isRaw = (value: unknown): value is RawHtml => isHtml(value) && value instanceof RawHtml

/**
 * Markup that you vouch for: the output of a sanitiser, an inline script.
 * In an attribute it is escaped as any text, but neither its scheme nor its style is judged:
 * `<img src="${raw(dataUrl)}">`. Where it is called is listed: see `rawSites`.
 */
export function raw(markup: string): Html {
  if (typeof markup !== "string") throw new HoleError(markup, "raw()")
  if (development) noteRaw(callerOf(raw))
  return new RawHtml(markup)
}
