const special = /[&<>"']/
const SHORT = 8

/**
 * Text as it may stand between tags and in quoted attribute values.
 * @returns The same string when nothing had to change.
 */
export function escapeHtml(text: string): string {
  // one pass of the engine's own search is several times faster than looking at each character here, if it is not short
  if (text.length > SHORT) return special.test(text) ? replaced(text) : text
  for (let i = 0; i < text.length; i++) if (isSpecial(text.charCodeAt(i))) return replaced(text)
  return text
}

/** Whether the character is one of `" & ' < >`. */
const isSpecial = (code: number): boolean =>
  code < 63 && (code === 60 || code === 38 || code === 62 || code === 34 || code === 39)

function replaced(text: string): string {
  let out = ""
  let done = 0
  for (let i = 0; i < text.length; i++) {
    let reference: string
    switch (text.charCodeAt(i)) {
      case 34:
        reference = "&quot;"
        break
      case 38:
        reference = "&amp;"
        break
      case 39:
        reference = "&#39;"
        break
      case 60:
        reference = "&lt;"
        break
      case 62:
        reference = "&gt;"
        break
      default:
        continue
    }
    if (done !== i) out += text.slice(done, i)
    out += reference
    done = i + 1
  }
  return done === text.length ? out : out + text.slice(done)
}
