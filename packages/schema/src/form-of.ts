import { type Issue, pathOf } from "@bennu/core"
import type { PgColumn } from "drizzle-orm/pg-core"
import type { Action, Params } from "./changeset.ts"
import { type Field, type Form, rows } from "./form.ts"
import type { Limits } from "./limits/limits.ts"
import { own } from "./sent-rows.ts"
import { textOf, textsOf } from "./text.ts"
import { isUsed } from "./used.ts"

/** Where a form stands: on the page, and among the rows around it. */
export type Place = Pick<Form, "id" | "name" | "index" | "hidden">

/** Where a form's values come from: a changeset, or plain data. */
export interface Source extends Place {
  readonly action: Action | undefined
  readonly data: Params
  readonly params: Params | null
  readonly issues: readonly Issue[]
  /** The fields that are known. */
  readonly keys: readonly string[]
  /** Whether any other field may be asked for, since no schema tells which there are. */
  readonly open: boolean
  limits(key: string): Limits
  column(key: string): PgColumn | undefined
  /** The value as it is to be: changed, or sent, or there. */
  value(key: string): unknown
  /** What is nested in a field; null for one that has a value of its own. */
  nested(key: string): NestedRows | null
}

export interface NestedRows {
  readonly many: boolean
  readonly rows: readonly NestedRowSource[]
}

/** One row of a nested form, before it has a place. */
export interface NestedRowSource {
  readonly params: Params | null
  /** What tells a stored row from others, by property. */
  readonly key: readonly (readonly [property: string, text: string])[]
  at(place: Place): Source
}

export function formOf(source: Source): Form {
  const { id, name, index, hidden, action, data, params, issues } = source
  const submitted = action !== undefined && action !== "validate"
  const field = (key: string): Field => {
    const used = params !== null && isUsed(params, key)
    const [value, column] = [source.value(key), source.column(key)]
    return Object.freeze({
      id: `${id}_${key}`,
      errorsId: `${id}_${key}-errors`,
      name: nameIn(name, key),
      value: textOf(value, column),
      values: textsOf(value, column),
      errors: used || submitted ? messagesOf(source, key) : [],
      used,
      get limits() {
        return source.limits(key)
      },
    })
  }
  const fields: Record<string, Field> = Object.create(null)
  for (const key of source.keys) fields[key] = field(key)
  return Object.freeze({
    id,
    name,
    index,
    valid: issues.length === 0,
    action,
    data,
    params,
    errors: issues.filter((issue) => pathOf(issue).length === 0).map(({ message }) => message),
    fields: source.open ? openFields(fields, field) : Object.freeze(fields),
    hidden,
    [rows]: (key: string) => nestedForms(source, key),
  })
}

/** `title` in `article` → `article[title]` */
export const nameIn = (form: string, key: string): string => (form === "" ? key : `${form}[${key}]`)

function messagesOf({ issues, nested }: Source, key: string): string[] {
  // what is wrong deeper down is shown there, unless there is no there
  const deep = nested(key) === null
  return issues.flatMap((issue) => {
    const path = pathOf(issue)
    return path[0] === key && (deep || path.length === 1) ? [issue.message] : []
  })
}

/** Fields that are made when first asked for. */
function openFields(
  known: Record<string, Field>,
  field: (key: string) => Field,
): Readonly<Record<string, Field>> {
  return new Proxy(known, {
    get: (fields, key) => {
      if (typeof key === "symbol") return undefined
      fields[key] ??= field(key)
      return fields[key]
    },
  })
}

function nestedForms(source: Source, key: string): readonly Form[] {
  const nested = source.nested(key)
  if (nested === null) return []
  const id = `${source.id}_${key}`
  const name = nameIn(source.name, key)
  if (!nested.many) {
    return nested.rows.map((row) => formOf(row.at({ id, name, index: 0, hidden: [] })))
  }
  const ids = persistentIds(nested.rows)
  return nested.rows.map((row, index) => {
    const rowName = nameIn(name, String(index))
    const persistent = ids[index] ?? ""
    const hidden: Place["hidden"] = [["_persistent_id", persistent], ...row.key]
    return formOf(
      row.at({
        id: `${id}_${persistent}`,
        name: rowName,
        index,
        hidden: hidden.map(([property, text]) => [nameIn(rowName, property), text]),
      }),
    )
  })
}

/**
 * A number for each row that stays its own when rows before it come and go, so that ids in the page do too. It
 * travels in a hidden input; what comes back as anything else, or twice, is given out anew.
 */
function persistentIds(nested: readonly NestedRowSource[]): readonly string[] {
  const taken = new Set<string>()
  const kept = nested.map(({ params }) => {
    const sent = own(params ?? {}, "_persistent_id")
    if (typeof sent !== "string" || !/^\d{1,9}$/.test(sent) || taken.has(sent)) return null
    taken.add(sent)
    return sent
  })
  let next = 0
  return kept.map((known) => {
    if (known !== null) return known
    while (taken.has(String(next))) next++
    taken.add(String(next))
    return String(next)
  })
}
