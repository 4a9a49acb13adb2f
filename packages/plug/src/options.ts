import { OptionsError } from "@bennu/core"

/**
 * Refuses keys that are no options: a mistyped one would leave a protection as it is without a word.
 * @param known Each option that there is.
 */
export function checkKeys<T extends object>(
  name: string,
  options: T,
  known: Readonly<Record<keyof T, true>>,
): void {
  const unknown = Object.keys(options).filter((key) => !Object.hasOwn(known, key))
  if (unknown.length === 0) return
  const issues = unknown.map((key) => ({ message: "is no option", path: [key] }))
  throw new OptionsError(name, issues, `There are ${Object.keys(known).join(", ")}.`)
}

/** A bound that bounds: with NaN, no comparison would ever say that it is reached. */
export function checkedLimit(name: string, value: number): number {
  if (value >= 0) return value
  throw new RangeError(`${name} is ${value}, which bounds nothing`)
}

/** Whether a browser could say it as its origin: `https://example.com`, in exactly that form. */
export function isOrigin(text: string): boolean {
  // URL takes a "*" for part of a name
  return text !== "null" && !text.includes("*") && URL.parse(text)?.origin === text
}
