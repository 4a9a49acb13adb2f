import type { Issue, StandardSchemaV1 } from "@bennu/core"
import { isRecord, own } from "./sent-rows.ts"

/** What a form sent, decoded and unchecked, with its `_unused_…` keys: for `cast` and `toForm`. */
export interface FormParams {
  readonly [name: string]: string | FormParams | readonly (string | FormParams)[]
}

/**
 * Takes all that a form sent; use it for `phx-change`, where an object schema would drop what marks a field as
 * unused. What a person may get wrong is `cast`'s to say: this refuses only what no form sends.
 * @param name The form's `as`; without it, the whole payload.
 * @returns A Standard Schema; its value has no prototypes, so no key is special. Nothing sent is `{}`.
 * @example events: { validate: formParams("article") }
 */
export function formParams(name?: string): StandardSchemaV1<unknown, FormParams> {
  return {
    "~standard": {
      version: 1,
      vendor: "bennu",
      validate(payload) {
        const sent = name === undefined ? payload : isRecord(payload) ? own(payload, name) : null
        const budget = { left: MAX_VALUES }
        const value = sent === undefined ? {} : copy(sent, 0, budget)
        if (isForm(value)) return { value }
        const path = name === undefined ? [] : [name]
        const message = budget.left < 0 ? "has too many values" : "is not what a form sends"
        return { issues: [{ message, path }] satisfies Issue[] }
      },
    },
  }
}

type Value = FormParams[string]

const MAX_DEPTH = 32
const MAX_VALUES = 10_000

const isForm = (value: Value | null): value is FormParams =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** Null for what no form sends: other types, a list in a list, too deep, too much. */
function copy(value: unknown, depth: number, budget: { left: number }): Value | null {
  budget.left -= 1
  if (depth > MAX_DEPTH || budget.left < 0) return null
  if (typeof value === "string") return value
  // values that a command added to an event (`JS.push(…, { value })`)
  if (typeof value === "number" || typeof value === "boolean") return String(value)
  if (Array.isArray(value)) {
    const items: (string | FormParams)[] = []
    for (const item of value) {
      const copied = copy(item, depth + 1, budget)
      if (typeof copied !== "string" && !isForm(copied)) return null
      items.push(copied)
    }
    return items
  }
  if (!isRecord(value)) return value === null || value === undefined ? "" : null
  const copied: Record<string, Value> = Object.create(null)
  for (const key of Object.keys(value)) {
    const item = copy(value[key], depth + 1, budget)
    if (item === null) return null
    copied[key] = item
  }
  return copied
}
