import type { AnyChangeset, NestedOptions } from "./changeset.ts"
import type { State } from "./changeset-state.ts"
import { UnknownFieldError } from "./errors.ts"
import { existingRows, keyOf, type NestedOutcome, type NestedRow, replaced } from "./nested.ts"
import { type Relation, tableOf } from "./relation.ts"
import { type Schema, schema as schemaOf } from "./schema.ts"

/** A row or a changeset, as a changeset and what it knows. */
type ToState = (schema: Schema, row: object) => readonly [AnyChangeset, State]

/** The rows of a relation as code names them. */
export function putRows(
  parent: State,
  name: string,
  rows: unknown,
  { onReplace = "refuse" }: Pick<NestedOptions, "onReplace">,
  toState: ToState,
): NestedOutcome {
  const { schema } = parent
  const relation = schema.relations.get(name)
  if (relation === undefined)
    throw new UnknownFieldError(schema.name, name, schema.relations.keys())
  const target = targetOf(relation)
  const existing = existingRows(parent, relation)
  const left = new Map(existing.map((row) => [keyOf(row, target.primaryKey), row]))
  const put = listed(relation, rows).map((row): NestedRow => {
    const [changeset, state] = toState(target, row)
    if (state.schema.table !== target.table) {
      throw new TypeError(
        `"${name}" of "${schema.name}" has rows of "${target.name}", not of "${state.schema.name}"`,
      )
    }
    const key = keyOf(state.data, target.primaryKey)
    if (left.delete(key)) return { action: "update", changeset }
    const isStored = typeof key === "string" && state.action !== "insert"
    return { action: isStored ? "link" : "insert", changeset }
  })
  const changesetOf = (row: object) => toState(target, row)[0]
  const { removed, errors } = replaced(relation, [...left.values()], onReplace, changesetOf)
  return { change: { relation, many: relation.many, rows: [...put, ...removed], sent: [] }, errors }
}

/** The schema on the other side, also where a bare table was declared. */
function targetOf(relation: Relation): Schema {
  const target = relation.target()
  const table = tableOf(target)
  // what has a table and is none is a schema
  return target === table ? schemaOf(table) : (target as Schema)
}

function listed({ name, many }: Relation, rows: unknown): readonly object[] {
  const list: readonly unknown[] = Array.isArray(rows) ? rows : rows === null ? [] : [rows]
  if (!list.every((row) => typeof row === "object" && row !== null)) {
    throw new TypeError(`"${name}" takes rows and changesets`)
  }
  if (many || list.length <= 1) return list
  throw new TypeError(`"${name}" has one row, and was given ${list.length}`)
}
