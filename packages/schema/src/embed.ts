import { validate } from "@bennu/core"
import type { NestedOptions, Params } from "./changeset.ts"
import { type ChangesetIssue, issueAt, issueOfRule, type Problem } from "./changeset-issue.ts"
import { AsyncRulesError } from "./errors.ts"
import type { Each, NestedOutcome, NestedRow, Parent } from "./nested.ts"
import { isBlank } from "./read.ts"
import { isRecord, MALFORMED, own, sentRows, tooMany } from "./sent-rows.ts"

/** Casts what a json column holds: by `each` if given, and always by the embed's own schema. */
export function castEmbed(
  { schema, data, params }: Parent,
  name: string,
  each: Each | undefined,
  { sort, drop, limit = 1000 }: NestedOptions,
): NestedOutcome | null {
  const sent = own(params ?? {}, name)
  const existing = data[name]
  const many =
    Array.isArray(sent) || Array.isArray(existing) || isIndexed(sent) || listed(params, sort, drop)
  const rows = many ? sentRows(params ?? {}, name, { sort, drop }) : one(sent)
  if (rows === null) return null

  const kept = rows === "invalid" ? [] : rows.filter(isRecord)
  const answer = (
    errors: readonly ChangesetIssue[],
    cast: readonly NestedRow[] = [],
    value?: unknown,
  ) => ({
    change: { relation: null, many, rows: cast, sent: kept },
    errors,
    ...(value === undefined ? {} : { value }),
  })
  const refuse = (problem: Problem) => answer([issueAt([name], problem)])
  if (rows === "invalid" || !rows.every(isRecord)) return refuse(MALFORMED)
  if (rows.length > limit) return refuse(tooMany(limit))
  if (rows.length === 0 && !many) return answer([], [], null)

  const cast = rows.map((row, index): NestedRow | null => {
    const before = many ? sameId(existing, row) : index === 0 ? existing : undefined
    const changeset = each?.(isRecord(before) ? before : {}, row)
    return changeset ? { action: isRecord(before) ? "update" : "insert", changeset } : null
  })
  const nested = cast.filter((row) => row !== null)
  if (nested.some(({ changeset }) => !changeset.valid)) return answer([], nested)

  const values = each ? nested.map(({ changeset }) => changeset.apply()) : rows.map(withoutMarks)
  const embed = schema.embeds.get(name)
  if (embed === undefined) return null
  const result = validate(embed, many ? values : values[0])
  if (result instanceof Promise) {
    result.catch(() => undefined)
    throw new AsyncRulesError(schema.name)
  }
  if (result.ok) return answer([], nested, result.value)
  return answer(
    result.error.map((issue) => issueOfRule(issue, [name])),
    nested,
  )
}

function one(sent: unknown): readonly unknown[] | "invalid" | null {
  if (sent === undefined) return null
  if (sent === null || isBlank(sent)) return []
  return isRecord(sent) ? [sent] : "invalid"
}

/** Whether it is a list as forms send it: `{ "0": …, "1": … }`. */
const isIndexed = (sent: unknown): boolean => {
  const keys = isRecord(sent) ? Object.keys(sent).filter((key) => !key.startsWith("_")) : []
  return keys.length > 0 && keys.every((key) => /^\d{1,9}$/.test(key))
}

const listed = (params: Params | null, ...names: readonly (string | undefined)[]): boolean =>
  names.some((name) => own(params ?? {}, name) !== undefined)

/** The embedded row with the same `id`, if rows have one. */
const sameId = (existing: unknown, { id }: Params): unknown =>
  Array.isArray(existing) && id !== undefined
    ? existing.find((row) => isRecord(row) && row["id"] === id)
    : undefined

/** Without what forms add about themselves, such as `_unused_city`. */
const withoutMarks = (row: Params): Params =>
  Object.fromEntries(Object.entries(row).filter(([key]) => !key.startsWith("_")))
