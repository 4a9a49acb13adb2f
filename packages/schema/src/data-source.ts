import { type Issue, pathOf, type StandardSchemaV1 } from "@bennu/core"
import type { PgColumn } from "drizzle-orm/pg-core"
import type { Action, Params } from "./changeset.ts"
import type { NestedRowSource, NestedRows, Place, Source } from "./form-of.ts"
import { limitsOf } from "./limits/limits-of.ts"
import { isRecord, own, sentRows } from "./sent-rows.ts"
import { textOf } from "./text.ts"

export interface FormData {
  readonly data: Params
  readonly params: Params | null
  readonly issues: readonly Issue[]
  readonly action: Action | undefined
  /** What is known of the row's table, if it has one. */
  readonly columns?: ReadonlyMap<string, PgColumn> | undefined
  /** What its fields have to be, where a schema says so. */
  readonly rules?: StandardSchemaV1 | undefined
}

/** A form's values from plain data, and what was sent since. */
export function dataSource(place: Place, form: FormData): Source {
  const { data, params, issues, columns } = form
  const value = (key: string) => {
    const sent = own(params ?? {}, key)
    return sent === undefined ? own(data, key) : sent
  }
  return {
    ...place,
    ...form,
    keys: [...new Set([...(columns?.keys() ?? []), ...Object.keys(data)])],
    open: columns === undefined,
    limits: (key) => limitsOf(key, columns?.get(key), { rules: form.rules ?? null, checks: [] }),
    column: (key) => columns?.get(key),
    value,
    nested: (key) => (columns === undefined ? nestedIn(form, key, issues) : null),
  }
}

/** What is nested in a field of plain data: its value tells, never what was sent. */
function nestedIn({ data, params, action }: FormData, key: string, issues: readonly Issue[]) {
  const before = own(data, key)
  const many = Array.isArray(before)
  if (!many && !isNest(before)) return null
  const sent = many ? sentRows(params ?? {}, key, {}) : own(params ?? {}, key)
  const now = sent === null || sent === undefined || sent === "invalid" ? before : sent
  const values = many && Array.isArray(now) ? now : [now]
  if (!values.every(isNest)) return null
  const isSent = now !== before
  const rows = values.map((row, index) => {
    const stored = many ? before[index] : before
    const data = isSent ? (isNest(stored) ? stored : {}) : row
    const below = issuesBelow(issues, many ? [key, index] : [key])
    return dataRow({ data, params: isSent ? row : null, issues: below, action }, [])
  })
  return { many, rows } satisfies NestedRows
}

/** A row of a nested form that has no changeset. */
export const dataRow = (form: FormData, primaryKey: readonly string[]): NestedRowSource => ({
  params: form.params,
  key: primaryKey.flatMap((property) => {
    const text = textOf(own(form.data, property))
    return text === "" ? [] : [[property, text] as const]
  }),
  at: (place) => dataSource(place, form),
})

/** The issues of what is nested at a place, as it sees them. */
export const issuesBelow = (
  issues: readonly Issue[],
  place: readonly PropertyKey[],
): readonly Issue[] =>
  issues.flatMap((issue) => {
    const path = pathOf(issue)
    return place.every((key, index) => path[index] === key)
      ? [{ message: issue.message, path: path.slice(place.length) }]
      : []
  })

export const isNest = (value: unknown): value is Params =>
  isRecord(value) && !(value instanceof Date) && !ArrayBuffer.isView(value)
