import { type Judge, partJudges, wholeJudges } from "./judge.ts"

/** Where a hole stands. */
export interface Slot {
  /**
   * - `text`: between tags
   * - `markup`: directly in a table, a row or the head, where the parser moves text elsewhere
   * - `plain`: in `<title>` or `<textarea>`, which have no elements
   * - `attribute`: the whole of a quoted value, so that the attribute may be left out
   * - `part`: a part of a quoted value, or the value of a declaration in `<style>`
   * - `tag`: among the attributes of a tag
   */
  readonly kind: "text" | "markup" | "plain" | "attribute" | "part" | "tag"
  /** The element whose tag or text this is, in lower case; `""` where the template does not tell. */
  readonly tag: string
  /** The attribute, as it is written; `""` outside of attributes. */
  readonly name: string
}

/** How a value of an attribute is judged before it is escaped. */
export type Guard =
  | "none"
  | "url"
  | "url-rest"
  | "urls"
  | "urls-rest"
  | "refresh"
  | "style"
  | "srcdoc"
  | "aria"

/** A slot with what is needed to write it. */
export interface SlotPlan extends Slot {
  readonly guard: Guard
  /** The static text before the hole. */
  readonly before: string
  /** Whether text stands after `start`, judged and escaped; numbers do as they are where this is so. */
  readonly simple: boolean
  readonly judge: Judge | null
  /** What is written before such a value: of a whole attribute, its name as well. */
  readonly start: string
  /** Whether such a value is still to be closed by a quote. What comes next brings it along: one piece less to join. */
  readonly quoted: boolean
  /** `before` and `start` after such a value. */
  readonly beforeAfterQuote: string
  readonly startAfterQuote: string
}

/** A slot of a template, with what follows from its place. */
export function slotPlan(
  { kind, tag, name }: Slot,
  guard: Guard = "none",
  before: string = "",
): SlotPlan {
  const quoted = kind === "attribute"
  const simple = kind !== "markup" && kind !== "tag" && guard !== "srcdoc"
  const judge = (quoted ? wholeJudges : partJudges)[guard] ?? null
  const start = quoted ? `${before} ${name}="` : before
  const [beforeAfterQuote, startAfterQuote] = [`"${before}`, `"${start}`]
  const plan = { kind, tag, name, guard, before, simple, judge, start, quoted }
  return { ...plan, beforeAfterQuote, startAfterQuote }
}

const urls = new Set(
  "href src action formaction poster cite background manifest longdesc codebase classid profile icon lowsrc dynsrc data-to xlink:href xml:base".split(
    " ",
  ),
)
const urlLists = new Set(["srcset", "imagesrcset", "ping", "attributionsrc", "archive"])
const animations = new Set(["animate", "set", "animatemotion", "animatetransform"])
const animated = new Set(["to", "from", "by", "values"])

/** How values of an attribute are judged; the names are in lower case. */
export function guardOf(tag: string, name: string): Guard {
  if (urls.has(name)) return "url"
  if (urlLists.has(name)) return "urls"
  if (name === "style") return "style"
  if (name === "srcdoc") return "srcdoc"
  if (name === "data" && tag === "object") return "url"
  if (name === "content" && tag === "meta") return "refresh"
  // SVG can animate a link's address: https://www.w3.org/TR/SVG2/animate.html
  if (animated.has(name) && animations.has(tag)) return "urls"
  return name.startsWith("aria-") ? "aria" : "none"
}

/** A slot in words, for messages. */
export function placeOf({ kind, tag, name }: Slot): string {
  switch (kind) {
    case "text":
      return "text"
    case "markup":
      return `text directly in <${tag}>`
    case "plain":
      return `<${tag}>, which holds plain text`
    case "part":
      return name === "" ? "the value of a declaration" : `the attribute "${name}" of <${tag}>`
    case "tag":
      return `the attributes of <${tag}>`
    default:
      return `the attribute "${name}" of <${tag}>`
  }
}
