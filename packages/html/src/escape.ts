/**
 * Text as it may stand between tags and in quoted attribute values.
 * @returns The same string when nothing had to change.
 */
export function escapeHtml(text: string): string {
  const { length } = text
  let out = ""
  let done = 0
  for (let i = 0; i < length; i++) {
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
    out += done === i ? reference : text.slice(done, i) + reference
    done = i + 1
  }
  if (done === 0) return text
  return done === length ? out : out + text.slice(done)
}
