import { type AttrValues, attrs } from "./attrs.ts"
import { isOwnSite, type Method } from "./form.ts"
import type { Hole } from "./hole.ts"
import { html } from "./html.ts"
import type { Html } from "./markup.ts"

export interface LinkOptions {
  readonly href: string
  /** Any but `"get"` needs Phoenix's `phoenix_html` script in the page; without it the link is followed by GET. */
  readonly method?: Method | undefined
  /** The page's token against forgery, for methods other than GET; never handed to another site. */
  readonly csrf?: string | null | undefined
  /** Further attributes of the tag. */
  readonly attrs?: AttrValues | undefined
}

/** A link, which may send another method than GET as a form would: `link({ href, method: "delete", csrf }, "Log out")`. */
export function link(
  { href, method = "get", csrf, attrs: more = {} }: LinkOptions,
  content: Hole,
): Html {
  const sends = method !== "get"
  return html`<a href="${href}" data-method="${sends ? method : null}" data-to="${
    sends ? href : null
  }" data-csrf="${sends && isOwnSite(href) ? csrf : null}" ${attrs(more)}>${content}</a>`
}
