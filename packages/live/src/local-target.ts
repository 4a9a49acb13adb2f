import { NavigationError } from "./errors.ts"

/** Whether a browser takes the text for an address on the same origin, whatever stands in it. */
function isLocal(to: string): boolean {
  // "//host", "/\host" and "/<tab>/host" are other hosts to a browser (URL Standard §4.4), "/%09/" became one in old ones
  if (!to.startsWith("/") || to.startsWith("//") || to.includes("\\")) return false
  if (to.slice(0, 4) === "/%09") return false
  for (let index = 0; index < to.length; index++) if (to.charCodeAt(index) < 0x20) return false
  return true
}

/**
 * The text, if it leads to a page of this origin.
 * @throws {NavigationError} for anything that a browser could take for another origin.
 */
export function localTarget(to: string): string {
  if (isLocal(to)) return to
  throw new NavigationError(
    to,
    "does not lead to a page of this site",
    'Start it with a single "/"; for other sites use socket.redirect({ external: … }).',
  )
}

// What a link may start; notably neither javascript: nor data:.
const schemes = new Set(["http:", "https:", "mailto:", "tel:", "sms:", "xmpp:", "geo:"])

/**
 * The text, if it is an address that no browser runs as a program.
 * @throws {NavigationError} for `javascript:`, `data:` and other schemes that are not links.
 */
export function safeTarget(to: string, allowed: ReadonlySet<string> = schemes): string {
  const url = URL.parse(to, "http://localhost")
  if (url && allowed.has(url.protocol)) return to
  const hint = `Links may start with a path or ${[...allowed].join(", ")}.`
  throw new NavigationError(to, "is no address for a link", hint)
}

const web = new Set(["http:", "https:"])
/**
 * The text, if it is the whole address of a page somewhere.
 * @throws {NavigationError} for paths, and for what is no page.
 */
export function externalTarget(to: string): string {
  if (URL.canParse(to)) return webTarget(to)
  throw new NavigationError(to, "is no address of another site", 'Start it with "https://".')
}

/** As {@link safeTarget}, for what the live socket follows itself. */
export const webTarget = (to: string): string => safeTarget(to, web)
