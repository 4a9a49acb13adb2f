import { type Attrs, attrs } from "@bennu/html"
import { localTarget, safeTarget, webTarget } from "./local-target.ts"

/** Where a link leads, and how. */
export type LinkTo =
  /** Another view of the same live session: no page is loaded. */
  | { readonly navigate: string; readonly replace?: boolean | undefined }
  /** The same view with other parameters: `handleParams` gets them. */
  | { readonly patch: string; readonly replace?: boolean | undefined }
  /** Any other page. */
  | { readonly href: string; readonly method?: "get" | undefined }
  /** Sent as a form, by the npm package `phoenix_html` in the page: the token is the page's own. */
  | {
      readonly href: string
      readonly method: "post" | "put" | "patch" | "delete"
      readonly csrfToken: string
    }

const live = (href: string, kind: "patch" | "redirect", replace = false): Attrs =>
  attrs({
    href: webTarget(href),
    "data-phx-link": kind,
    "data-phx-link-state": replace ? "replace" : "push",
  })

/**
 * The attributes of a link: `<a ${link({ navigate: path.todos() })}>`.
 * @throws {NavigationError} for addresses that a browser would run, such as `javascript:`.
 */
export function link(to: LinkTo): Attrs {
  if ("navigate" in to) return live(to.navigate, "redirect", to.replace)
  if ("patch" in to) return live(to.patch, "patch", to.replace)
  if (!("csrfToken" in to)) return attrs({ href: safeTarget(to.href) })
  // the token is for this site alone: it never goes along to another
  const href = localTarget(to.href)
  return attrs({
    ...{ href, "data-method": to.method, "data-to": href, "data-csrf": to.csrfToken },
  })
}
