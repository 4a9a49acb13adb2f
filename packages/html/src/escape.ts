const special = /[&<>"']/

/**
 * Text as it may stand between tags and in quoted attribute values.
 * @returns The same string when nothing had to change.
 */
export function escapeHtml(text: string): string {
  // one pass of the engine's own search is several times faster than looking at each character here
  return special.test(text) ? replaced(text) : text
}

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
