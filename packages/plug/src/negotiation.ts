import { andThen } from "./awaitable.ts"
import type { BareConn } from "./conn.ts"
import { NotAcceptableError } from "./errors.ts"
import { Scanner } from "./parsers/media-type.ts"
import type { Plug } from "./plug.ts"
import { withHeaders } from "./response.ts"

/** The formats that answers come in. */
export type Format = "html" | "json" | "text"

const types = {
  html: "text/html",
  json: "application/json",
  text: "text/plain",
} as const satisfies Record<Format, string>

/**
 * Chooses what to answer with: the media type that an `Accept` header likes best, or `null` when it likes none. Among
 * equals the one that it names more precisely wins, then the earlier in `offered`.
 * @param accept Without it, or without one member that follows the grammar, everything is welcome.
 * @param offered Media types, the best first: `["text/html", "application/json"]`.
 * @see RFC 9110 §12.5.1
 */
export function negotiate<T extends string>(
  accept: string | null,
  offered: readonly T[],
): T | null {
  const ranges = accept === null ? [] : parseAccept(accept)
  if (ranges.length === 0) return offered[0] ?? null
  let best: T | null = null
  let liked: Liking = { quality: 0, precision: -1 }
  for (const type of offered) {
    const liking = likingOf(type, ranges)
    const more =
      liking.quality > liked.quality ||
      (liking.quality === liked.quality && liking.precision > liked.precision)
    if (liking.quality > 0 && more) {
      best = type
      liked = liking
    }
  }
  return best
}

interface Liking {
  /** From 0, not at all, to 1. */
  readonly quality: number
  /** How precise it is: `*` 0, `text/*` 1, `text/html` 2, with parameters 3. */
  readonly precision: number
}

interface Range extends Liking {
  readonly type: string
  readonly subtype: string
}

/** What the most precise range that fits says. */
function likingOf(offered: string, ranges: readonly Range[]): Liking {
  const slash = offered.indexOf("/")
  const type = offered.slice(0, slash)
  const subtype = offered.slice(slash + 1)
  let liking: Liking = { quality: 0, precision: -1 }
  for (const range of ranges) {
    const fits =
      (range.type === "*" || range.type === type) &&
      (range.subtype === "*" || range.subtype === subtype)
    if (fits && range.precision > liking.precision) liking = range
  }
  return liking
}

// a browser sends eight
const MAX_RANGES = 100

/** The members of an `Accept` header that follow its grammar; the others are left out. */
function parseAccept(accept: string): readonly Range[] {
  const scanner = new Scanner(accept)
  const ranges: Range[] = []
  while (!scanner.done && ranges.length < MAX_RANGES) {
    const range = parseRange(scanner)
    if (range !== null) ranges.push(range)
    scanner.skipMember()
  }
  return ranges
}

function parseRange(scanner: Scanner): Range | null {
  scanner.space()
  const type = scanner.token().toLowerCase()
  if (type === "" || !scanner.take("/")) return null
  const subtype = scanner.token().toLowerCase()
  if (subtype === "" || (type === "*" && subtype !== "*")) return null
  let precision = type === "*" ? 0 : subtype === "*" ? 1 : 2
  let quality = 1
  for (scanner.space(); scanner.take(";"); scanner.space()) {
    scanner.space()
    const name = scanner.token().toLowerCase()
    if (name === "") continue
    if (!scanner.take("=")) return null
    const value = scanner.sees('"') ? scanner.quoted() : scanner.token()
    if (value === null) return null
    if (name === "q") {
      if (!QUALITY.test(value)) return null
      quality = Number(value)
    } else if (name === "charset" && value.toLowerCase() === "utf-8") precision = 3
    // a variant that we do not have, such as level=1
    else if (quality === 1) return null
  }
  return scanner.done || scanner.sees(",") ? { type, subtype, precision, quality } : null
}
const QUALITY = /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/

const formatKey: unique symbol = Symbol("format")
const formatsKey: unique symbol = Symbol("formats")

/**
 * Lets requests pass that accept one of these formats, the best first; others are answered with 406. `formatOf(conn)`
 * tells which one it is.
 */
export function accepts(...formats: readonly Format[]): Plug {
  const offered = formats.map((format) => types[format])
  return (conn, next) => {
    const chosen =
      conn.transport === "live" ? offered[0] : negotiate(conn.header("accept"), offered)
    const format = formats.find((format) => types[format] === chosen)
    // the page that says so is in a format that we have
    conn.private.set(formatKey, format ?? formats[0])
    conn.private.set(formatsKey, formats)
    if (format === undefined) throw new NotAcceptableError(offered)
    if (formats.length === 1) return next(conn)
    return andThen(next(conn), (answer) => withHeaders(answer, [["vary", "accept"]]))
  }
}

/** The format that `accepts` or `render` settled on, or `null` where neither ran. */
export function formatOf(conn: BareConn): Format | null {
  const format = conn.private.get(formatKey)
  // only accepts and chooseFormat write it
  return format === undefined ? null : (format as Format)
}

/** `text/html` for `html`; what is a media type already stays. @internal */
export const mediaTypeOf = (format: string): string => (isFormat(format) ? types[format] : format)

const isFormat = (name: string): name is Format => Object.hasOwn(types, name)

/** Which of these formats or media types to answer with, within what `accepts` allows. @internal */
export function chooseFormat<T extends string>(conn: BareConn, offered: readonly T[]): T | null {
  // only accepts writes it
  const formats = conn.private.get(formatsKey) as readonly Format[] | undefined
  const allowed = offered.filter(
    (format) => formats === undefined || !isFormat(format) || formats.includes(format),
  )
  const types = allowed.map(mediaTypeOf)
  const chosen = conn.transport === "live" ? types[0] : negotiate(conn.header("accept"), types)
  const format = allowed.find((format) => mediaTypeOf(format) === chosen) ?? null
  // an error on the way to it comes in the same format
  if (format !== null && isFormat(format)) conn.private.set(formatKey, format)
  return format
}
