import type { StandardSchemaV1 } from "@bennu/core"
import { PathParameterError } from "./errors.ts"
import { type PathValue, textOfValue } from "./to-param.ts"

/** What may stand in a query. Lists become `tags[]=a&tags[]=b`, objects `page[size]=10`. */
export type QueryValue =
  | PathValue
  | boolean
  | null
  | undefined
  | readonly QueryValue[]
  | { readonly [name: string]: QueryValue }

/** What may follow the `?`; what is null or undefined is left out. */
export type QueryValues = Readonly<Record<string, QueryValue>>

// no reader goes deeper, and a value that holds itself must end somewhere
const MAX_DEPTH = 16

/**
 * Says what an address takes as its query, in types only.
 * @example paths({ todos: { path: "/todos", query: query<{ filter?: "all" | "open" }>() } })
 */
export const query = <Q extends object>(): StandardSchemaV1<Q, Q> => ({
  // nothing is looked at: whoever receives the query checks it
  "~standard": { version: 1, vendor: "bennu", validate: (value) => ({ value: value as Q }) },
})

/** @throws {PathParameterError} when a value cannot be written. */
export function writeQuery(pattern: string, values: object | undefined): string {
  if (values === undefined || values === null) return ""
  const pairs = new URLSearchParams()
  for (const [name, value] of Object.entries(values)) add(name, value, 0)
  return pairs.size === 0 ? "" : `?${pairs}`

  function add(name: string, value: unknown, depth: number): void {
    if (value === null || value === undefined) return
    const text = typeof value === "boolean" ? String(value) : textOfValue(value)
    if (text !== null) pairs.append(name, text)
    else if (typeof value !== "object" || depth === MAX_DEPTH) {
      throw new PathParameterError(pattern, name, "is nothing that a query can hold")
    } else if (Array.isArray(value)) for (const each of value) add(`${name}[]`, each, depth + 1)
    else for (const [key, each] of Object.entries(value)) add(`${name}[${key}]`, each, depth + 1)
  }
}
