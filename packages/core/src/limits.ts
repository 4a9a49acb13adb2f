import { type Duration, milliseconds } from "./duration.ts"
import { hintForUnknown } from "./internal/unknown-keys.ts"
import { OptionsError } from "./options.ts"
import type { Issue } from "./standard-schema.ts"

type Limit = number | Exclude<Duration, number>

/** What may be given for limits with these defaults. */
export type Limits<D extends Readonly<Record<string, Limit>>> = {
  readonly [K in keyof D]?: (D[K] extends number ? number : Duration) | undefined
}

/**
 * Resolves the bounds of queues, buffers and waits, once, at the door. A default that is a number makes a count, whole
 * and from 1; one that is text, such as `"30s"`, makes a duration, which resolves to milliseconds.
 * @param name What the limits are for, as an error should call it: `"socket"`.
 * @throws {OptionsError} listing all that is wrong, NaN and unknown keys too: a limit that is NaN limits nothing.
 * @example parseLimits("queue", { size: 100, patience: "5s" }, { size: 10 }) // { size: 10, patience: 5000 }
 */
export function parseLimits<const D extends Readonly<Record<string, Limit>>>(
  name: string,
  defaults: D,
  given: Limits<NoInfer<D>> = {},
): { readonly [K in keyof D]: number } {
  const issues: Issue[] = []
  const refuse = (key: string, message: string) => void issues.push({ path: [key], message })
  const known = Object.keys(defaults)
  for (const key of Object.keys(given)) {
    if (!known.includes(key)) refuse(key, "there is no such limit")
  }
  const values: ReadonlyMap<string, unknown> = new Map(Object.entries(given))
  const resolved = Object.entries(defaults).map(([key, fallback]) => {
    const value = values.get(key) ?? fallback
    return [key, typeof fallback === "number" ? count(value) : time(value)] as const
  })
  for (const [key, value] of resolved) {
    if (value !== undefined) continue
    const wanted = typeof defaults[key] === "number" ? "a whole number from 1" : "a duration"
    refuse(key, `has to be ${wanted}`)
  }
  if (issues.length > 0) throw new OptionsError(name, issues, hintForUnknown(given, known))
  // one entry was made for each key of D, and none of them is undefined
  return Object.fromEntries(resolved) as { readonly [K in keyof D]: number }
}

const count = (value: unknown): number | undefined =>
  Number.isSafeInteger(value) && Number(value) >= 1 ? Number(value) : undefined

function time(value: unknown): number | undefined {
  try {
    // what is no duration is refused whatever its type
    return milliseconds(value as Duration)
  } catch {
    return undefined
  }
}
