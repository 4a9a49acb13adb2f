import type { Lock, State } from "./changeset-state.ts"

/** The lock over a field: what was read, and what is to be written. */
export function lockOf(
  { data, schema }: Pick<State, "data" | "schema">,
  field: string,
  next: ((value: never) => unknown) | undefined,
): [string, Lock] {
  const held = data[field] ?? null
  // the value is of the field whose type the function takes
  return [field, { held, next: next ? next(held as never) : following(schema.name, field, held) }]
}

// the last that an integer column holds
const LAST = 2 ** 31 - 1

function following(table: string, field: string, held: unknown): unknown {
  if (held === null) return 1
  if (typeof held === "number") return held >= LAST ? 1 : held + 1
  if (typeof held === "bigint") return held + 1n
  throw new TypeError(
    `optimisticLock("${field}") of "${table}" needs to know what comes after ${typeof held}: give it a function`,
  )
}
