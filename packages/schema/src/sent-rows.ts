import type { NestedOptions, Params } from "./changeset.ts"
import type { Problem } from "./changeset-issue.ts"
import { isBlank } from "./read.ts"

export const MALFORMED: Problem = { message: "is invalid", code: "type" }
export const tooMany = (limit: number): Problem => ({
  message: `should have at most ${limit} item(s)`,
  code: "length.max",
  params: { count: limit },
})

export const isRecord = (value: unknown): value is Params =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** A value of its own, never one of the prototype's. */
export const own = (values: Params, key: string | undefined): unknown =>
  key !== undefined && Object.hasOwn(values, key) ? values[key] : undefined

/**
 * The rows that were sent for a list, in order: an array, or a map by index as forms name them (`steps[0][title]`),
 * sorted and thinned by the parameters that say so.
 * @returns Null when nothing was sent, `"invalid"` when what was sent is no list.
 */
export function sentRows(
  params: Params,
  name: string,
  { sort, drop }: Pick<NestedOptions, "sort" | "drop">,
): readonly unknown[] | "invalid" | null {
  const sent = own(params, name)
  const sorted = keysIn(own(params, sort))
  const droppedKeys = keysIn(own(params, drop))
  if (sent === undefined && sorted === null && droppedKeys === null) return null
  if (Array.isArray(sent)) return sent
  if (sent !== undefined && !isBlank(sent) && !isRecord(sent)) return "invalid"

  const pending = new Map(isRecord(sent) ? Object.entries(sent).filter(isRowKey) : [])
  const dropped = new Set(droppedKeys)
  const rows: unknown[] = []
  for (const key of sorted ?? []) {
    if (dropped.has(key)) continue
    // a key without a row asks for a new one: `value="new"` on the button that adds
    rows.push(pending.get(key) ?? {})
    pending.delete(key)
  }
  for (const key of dropped) pending.delete(key)
  return [...rows, ...[...pending].sort(byIndex).map(([, row]) => row)]
}

const isRowKey = ([key]: [string, unknown]): boolean => !key.startsWith("_")

/** Null when the parameter was not sent. */
function keysIn(value: unknown): readonly string[] | null {
  if (value === undefined) return null
  return Array.isArray(value) ? value.filter((key) => typeof key === "string" && key !== "") : []
}

/** Numbers first and by size, then the rest as text. */
function byIndex([a]: [string, unknown], [b]: [string, unknown]): number {
  const [left, right] = [Number(a), Number(b)]
  if (Number.isNaN(left) || Number.isNaN(right)) {
    return Number(Number.isNaN(left)) - Number(Number.isNaN(right)) || (a < b ? -1 : 1)
  }
  return left - right
}
