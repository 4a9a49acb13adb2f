// What links and sources may start with. `javascript:`, `vbscript:` and `data:` run or show what they carry,
// `blob:` and `filesystem:` may; a list of what is allowed does not age as one of what is not.
const schemes = new Set(["http", "https", "mailto", "tel", "sms", "ftp", "ws", "wss", "xmpp"])

/** What a refused URL is replaced with: an address that leads nowhere. */
export const REFUSED_URL = "about:invalid#refused"

/** Whether a scheme, in lower case, may be linked to. */
export const allowedScheme = (scheme: string): boolean => schemes.has(scheme)

/**
 * The scheme of a URL as a browser reads it: leading spaces and control characters are skipped, tabs and line
 * breaks are dropped wherever they stand.
 * @returns In lower case, or `null` when the URL is relative.
 * @see URL Standard, "basic URL parser", steps 1 to 3 and the scheme states.
 */
export function schemeOf(url: string): string | null {
  let scheme = ""
  for (let i = 0; i < url.length; i++) {
    const code = url.charCodeAt(i)
    if (code === 9 || code === 10 || code === 13) continue
    if (scheme === "" && code <= 32) continue
    if (code === 58) return scheme === "" ? null : scheme.toLowerCase()
    const letter = (code | 32) >= 97 && (code | 32) <= 122
    const later = (code >= 48 && code <= 57) || code === 43 || code === 45 || code === 46
    if (!letter && (scheme === "" || !later)) return null
    scheme += url[i]
  }
  return null
}

/**
 * A URL that may be linked to, else one that leads nowhere. It is replaced and not thrown for, because one
 * stored `javascript:` must not take down every page that lists it.
 */
export function safeUrl(url: string): string {
  const first = url.charCodeAt(0)
  // a path, a query or a fragment
  if (first === 47 || first === 63 || first === 35) return url
  const scheme = schemeOf(url)
  return scheme === null || schemes.has(scheme) ? url : REFUSED_URL
}

/** A list of URLs with their descriptors, as in `srcset`; replaced as a whole when one may not be linked to. */
export function safeUrls(list: string): string {
  for (const url of list.split(/[\s,;]/)) if (safeUrl(url) !== url) return REFUSED_URL
  // in the values of an SVG animation spaces do not separate: a line break in a scheme is dropped
  for (const url of list.split(";")) if (safeUrl(url) !== url) return REFUSED_URL
  return list
}

/**
 * The content of a `<meta>`, replaced when it is a refresh to where no link may go.
 * @see HTML Standard §4.2.5.3, "shared declarative refresh steps".
 */
export function safeRefresh(content: string): string {
  const [delay] = /^\s*[\d.]+/.exec(content) ?? []
  if (delay === undefined) return content
  const rest = content.slice(delay.length).replace(/^[\s;,]+/, "")
  const url = rest.replace(/^url\s*=\s*/i, "").replace(/^['"]/, "")
  // some browsers skip what looks like a number again
  return safeUrl(url) === url && safeUrl(rest) === rest ? content : REFUSED_URL
}
