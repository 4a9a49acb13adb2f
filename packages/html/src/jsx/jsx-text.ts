/** JSX text as it means to stand: lines are trimmed and joined by one space, empty ones dropped. */
export function cleanText(text: string): string {
  const lines = text.split(/\r\n|\n|\r/)
  const kept: string[] = []
  for (const [index, line] of lines.entries()) {
    const start = index === 0 ? line : line.replace(/^[ \t]+/, "")
    const trimmed = index === lines.length - 1 ? start : start.trimEnd()
    if (trimmed !== "") kept.push(trimmed)
  }
  return kept.join(" ")
}

/** Text that stands in a template literal as it is. */
export const inTemplate = (text: string): string =>
  text.replaceAll("\\", "\\\\").replaceAll("`", "\\`").replaceAll("${", "\\${")

/** JSX text as HTML text: a reference without its semicolon is one in HTML only. */
export const asHtml = (text: string): string =>
  text.replace(/&(?!#\d+;|#[xX][\da-fA-F]+;|\w+;)/g, "&amp;")

const named: ReadonlyMap<string, string> = new Map([
  ["amp", "&"],
  ["lt", "<"],
  ["gt", ">"],
  ["quot", '"'],
  ["apos", "'"],
  ["nbsp", "\u00a0"],
])

/**
 * JSX text as a string, for a component.
 * @throws {SyntaxError} for a character reference by a name that is not known here.
 */
export const asString = (text: string): string =>
  text.replace(/&(?:#(\d+)|#[xX]([\da-fA-F]+)|(\w+));/g, (whole, decimal, hex, name) => {
    if (decimal !== undefined) return String.fromCodePoint(Number(decimal))
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16))
    const character = named.get(name)
    if (character === undefined) {
      throw new SyntaxError(`${whole} in a component's property: write the character itself`)
    }
    return character
  })
