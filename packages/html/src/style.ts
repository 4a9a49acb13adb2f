/** What a refused value of a style is replaced with: a word without meaning, so that its declaration is dropped. */
export const REFUSED_STYLE = "refused"

// Functions that compute. `url`, `image`, `src` and the like load something; none of these do.
const functions = new Set(
  "rgb rgba hsl hsla hwb lab lch oklab oklch color color-mix light-dark var env calc min max clamp round mod rem abs sign sin cos tan sqrt pow hypot exp log fit-content minmax repeat translate translatex translatey translatez translate3d scale scalex scaley scalez scale3d rotate rotatex rotatey rotatez rotate3d skew skewx skewy matrix matrix3d perspective blur brightness contrast drop-shadow grayscale hue-rotate invert opacity saturate sepia cubic-bezier steps linear linear-gradient radial-gradient conic-gradient repeating-linear-gradient repeating-radial-gradient inset circle ellipse polygon".split(
    " ",
  ),
)

/**
 * One value of a declaration, or `"refused"`. Letters, digits, spaces and `# . , % + - * / ! ( )` may stand in it
 * and functions that only compute; quotes, escapes, comments, `;`, `:`, braces and `url()` may not.
 */
export const safeStyleValue = (value: string): string => (isValue(value) ? value : REFUSED_STYLE)

/** Declarations, `name: value; name: value`, whose values are all safe; else nothing. */
export function safeDeclarations(style: string): string {
  for (const declaration of style.split(";")) {
    if (declaration.trim() === "") continue
    const colon = declaration.indexOf(":")
    if (colon === -1) return ""
    if (!isName(declaration.slice(0, colon).trim()) || !isValue(declaration.slice(colon + 1))) {
      return ""
    }
  }
  return style
}

const isWord = (code: number): boolean =>
  (code >= 97 && code <= 122) ||
  (code >= 65 && code <= 90) ||
  (code >= 48 && code <= 57) ||
  code === 45 ||
  code === 95

function isName(name: string): boolean {
  for (let i = 0; i < name.length; i++) if (!isWord(name.charCodeAt(i))) return false
  // `behavior` and `-moz-binding` ran scripts in browsers of old
  return name !== "" && !/binding$|^behavior$/i.test(name)
}

const isValue = (value: string): boolean => openIn(value) === 0

/** How many brackets are still open behind the beginning of a value; -1 for what could do more than compute. */
export function openIn(value: string): number {
  let open = 0
  let word = ""
  for (let i = 0; i < value.length; i++) {
    const code = value.charCodeAt(i)
    if (isWord(code)) {
      word += value[i]
      continue
    }
    if (code === 40) {
      if (word !== "" && !functions.has(word.toLowerCase())) return -1
      open++
    } else if (code === 41) {
      if (--open < 0) return -1
    } else if (code === 47) {
      const next = value.charCodeAt(i + 1)
      if (next === 42 || next === 47) return -1
    } else if (code === 42) {
      if (value.charCodeAt(i + 1) === 47) return -1
    } else if (!" #.,%+!".includes(value[i] ?? "")) {
      return -1
    }
    word = ""
  }
  return open
}
