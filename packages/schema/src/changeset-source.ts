import type { Action, AnyChangeset, Params } from "./changeset.ts"
import type { State } from "./changeset-state.ts"
import { ChangesetValue } from "./changeset-value.ts"
import { dataRow, isNest, issuesBelow } from "./data-source.ts"
import type { NestedRowSource, NestedRows, Place, Source } from "./form-of.ts"
import { limitsOf } from "./limits/limits-of.ts"
import { isKept } from "./nested.ts"
import { type Relation, tableOf } from "./relation.ts"
import { own } from "./sent-rows.ts"
import { columnsOf, primaryKeyOf } from "./table.ts"
import { textOf } from "./text.ts"

/** A form's values from a changeset. */
export function changesetSource(
  place: Place,
  changeset: AnyChangeset,
  tried?: Action | undefined,
): Source {
  const state = ChangesetValue.stateOf(changeset)
  const { schema, data, params, changes } = state
  const action = state.action ?? tried
  return {
    ...place,
    action,
    data,
    params,
    issues: changeset.errors,
    keys: [...schema.columns.keys(), ...schema.virtual.keys(), ...schema.relations.keys()],
    open: false,
    limits: (key) => limitsOf(key, schema.columns.get(key), state),
    column: (key) => schema.columns.get(key),
    value(key) {
      if (schema.relations.has(key)) return undefined
      if (Object.hasOwn(changes, key)) return changes[key]
      const sent = own(params ?? {}, key)
      return sent === undefined ? own(data, key) : sent
    },
    nested(key) {
      const relation = schema.relations.get(key)
      if (relation !== undefined) return relationRows(state, relation, action)
      return schema.embeds.has(key) ? embedRows(state, key, changeset, action) : null
    },
  }
}

function relationRows(
  { data, nested }: State,
  relation: Relation,
  action: Action | undefined,
): NestedRows {
  const change = nested.get(relation.name)
  if (change !== undefined) {
    const kept = change.rows.filter(isKept)
    return {
      many: relation.many,
      rows: kept.map((row) => changesetRow(row.changeset, row.action !== "insert", action)),
    }
  }
  const table = tableOf(relation.target())
  const columns = columnsOf(table)
  const rows = [data[relation.name]].flat().filter(isNest)
  return {
    many: relation.many,
    rows: rows.map((row) =>
      dataRow({ data: row, params: null, issues: [], action, columns }, primaryKeyOf(table)),
    ),
  }
}

function embedRows(
  { schema, data, changes, nested }: State,
  key: string,
  { errors }: AnyChangeset,
  action: Action | undefined,
): NestedRows {
  const change = nested.get(key)
  if (change !== undefined && change.rows.length > 0) {
    const { many, rows } = change
    return { many, rows: rows.map((row) => changesetRow(row.changeset, false, action)) }
  }
  const before = own(data, key)
  const value = own(changes, key) ?? before
  const many = change?.many ?? Array.isArray(value)
  const sent: readonly Params[] | null = change?.sent ?? null
  const rows = sent ?? [value].flat().filter(isNest)
  return {
    many,
    rows: rows.map((row, index) => {
      const issues = issuesBelow(errors, many ? [key, index] : [key])
      const params = sent === null ? null : row
      return dataRow({ data: row, params, issues, action, rules: schema.embeds.get(key) }, [])
    }),
  }
}

const changesetRow = (
  changeset: AnyChangeset,
  stored: boolean,
  action: Action | undefined,
): NestedRowSource => {
  const { schema, data } = ChangesetValue.stateOf(changeset)
  return {
    params: changeset.params,
    key: stored ? schema.primaryKey.map((key) => [key, textOf(data[key])] as const) : [],
    at: (place) => changesetSource(place, changeset, action),
  }
}
