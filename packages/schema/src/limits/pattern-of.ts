/**
 * A regular expression as the `pattern` of an input; null where a browser would refuse what the expression takes. It
 * reads a pattern from start to end and with the flag `v`, so the expression has to be anchored, free of flags that
 * change what matches, and to mean the same when characters are counted instead of units.
 */
export function patternOf({ source, flags }: RegExp): string | null {
  if (!sameFlags.test(flags)) return null
  // an alternative may stand beside an anchor: `^a|b$`
  if (!source.startsWith("^") || !anchoredEnd.test(source) || source.includes("|")) return null
  if (!/[uv]/.test(flags) && wide.test(source)) return null
  if (!flags.includes("v") && setOperator.test(source)) return null
  const pattern = source.slice(1, -1)
  try {
    new RegExp(`^(?:${pattern})$`, "v")
    return pattern
  } catch {
    // what only older syntax allows, such as `\-`: a browser would ignore the pattern, and say so in its console
    return null
  }
}

// `g`, `y` and `d` are about where to go on and what to tell; an anchor makes `y` and `g` the same
const sameFlags = /^[dguvy]*$/
// a `$` that is not the character
const anchoredEnd = /(?:^|[^\\])(?:\\\\)*\$$/
// takes half of a character that has two units: any, or any but these
const wide = /\.|\[\^|\\[DSWPB]/
// with `v`, what sets have in common, and one without another
const setOperator = /&&|--/
