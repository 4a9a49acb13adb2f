import type { Guard } from "./slot.ts"
import { safeDeclarations, safeStyleValue } from "./style.ts"
import { allowedScheme, safeRefresh, safeUrl, safeUrls, schemeOf } from "./url.ts"

/** Replaces what may not stand in a value; escaping comes after it. */
export type Judge = (value: string) => string

/** Judges of whole values, by how the attribute is guarded. */
export const wholeJudges: Readonly<Partial<Record<Guard, Judge>>> = {
  url: safeUrl,
  urls: safeUrls,
  refresh: safeRefresh,
  style: safeDeclarations,
}

/** Judges of parts of values. */
export const partJudges: Readonly<Partial<Record<Guard, Judge>>> = {
  url: safeUrl,
  // what follows a hole that may have been the beginning of a scheme
  "url-rest": (value) => (endsScheme(value) ? "" : value),
  urls: safeUrls,
  "urls-rest": (value) => (endsScheme(value.split(/[,;]/, 1)[0] ?? "") ? "" : safeUrls(value)),
  style: safeStyleValue,
}

/** Whether the text is, or could end, a scheme that is not allowed. */
function endsScheme(value: string): boolean {
  const own = schemeOf(value)
  return own === null ? schemeOf(`a${value}`) !== null : !allowedScheme(own)
}
