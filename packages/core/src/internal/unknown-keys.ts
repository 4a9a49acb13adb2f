import { closest } from "./closest.ts"

/** Says for each key of `given` that is not known which one was probably meant; undefined when all are known. */
export function hintForUnknown(given: object, known: readonly string[]): string | undefined {
  const unused = known.filter((key) => !Object.hasOwn(given, key))
  const hints = Object.keys(given)
    .filter((key) => !known.includes(key))
    .map((key) => {
      const shown = JSON.stringify(key.slice(0, 64))
      const near = closest(key, unused)
      return near === undefined
        ? `There is no option ${shown}; there are ${known.join(", ")}.`
        : `There is no option ${shown}; did you mean "${near}"?`
    })
  return hints.length > 0 ? hints.join(" ") : undefined
}
