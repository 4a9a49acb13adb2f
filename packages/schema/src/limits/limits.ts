/**
 * What a browser can know of a field before anything is sent, as the attributes of an input say it; null for what nobody
 * said. It is never stricter than the rules: what they take, the browser takes.
 */
export interface Limits {
  /** What kind of text it is: of the column, or as the rules say. */
  readonly type: "text" | "email" | "url" | "number" | "date" | "datetime-local"
  /** An empty input would be refused. */
  readonly required: boolean
  /** Of text, in units of UTF-16, as browsers count. */
  readonly minlength: number | null
  readonly maxlength: number | null
  /** Of numbers. */
  readonly min: number | bigint | null
  readonly max: number | bigint | null
  /** What all of the text has to match, as `pattern` is read: from start to end, with the flag `v`. */
  readonly pattern: string | null
}

/** What one of several sources knows. */
export type SomeLimits = { readonly [K in keyof Limits]?: Limits[K] | undefined }

/** All that several sources know of a field: the narrowest of each, and the first kind. */
export function narrowest(sources: readonly SomeLimits[]): Limits {
  const said = <K extends keyof Limits>(name: K) => sources.map((limits) => limits[name] ?? null)
  return Object.freeze({
    type: said("type").find((type) => type !== null) ?? "text",
    required: said("required").includes(true),
    minlength: said("minlength").reduce(greater, null),
    maxlength: said("maxlength").reduce(less, null),
    min: said("min").reduce(greater, null),
    max: said("max").reduce(less, null),
    pattern: said("pattern").find((pattern) => pattern !== null) ?? null,
  })
}

function greater<T extends number | bigint>(one: T | null, other: T | null): T | null {
  return other === null || (one !== null && one >= other) ? one : other
}

function less<T extends number | bigint>(one: T | null, other: T | null): T | null {
  return other === null || (one !== null && one <= other) ? one : other
}
