import { err, ok, type Result } from "@bennu/core"
import {
  type AnyChangeset,
  type Changeset,
  constraintError,
  type NestedRow,
  type NestedWrite,
  withNestedRow,
  writeOf,
} from "@bennu/schema"
import { eq, and as sqlAnd } from "drizzle-orm"
import { ConstraintError, StaleError } from "../errors.ts"
import type { QueryBuilder } from "../repo.ts"
import { byKey, columnOf } from "./keys.ts"

export type Row = Readonly<Record<string, unknown>>
export type Action = NestedRow["action"]
type Written = Result<Row, AnyChangeset>

/** Whether writing it is more than one statement. */
export const isNested = (changeset: AnyChangeset): boolean => writeOf(changeset).nested.length > 0

/**
 * Writes a changeset and the rows nested in it: those it belongs to first, then itself, then those that belong to it.
 * @param given Columns that the row around it decides: the foreign key.
 */
export async function write(
  db: QueryBuilder,
  changeset: AnyChangeset,
  action: Action,
  given: Row = {},
): Promise<Written> {
  const { nested } = writeOf(changeset)
  const before = nested.filter(({ relation }) => relation.kind === "belongsTo")
  const after = nested.filter(({ relation }) => relation.kind !== "belongsTo")
  let keys = given
  for (const { relation, rows } of before) {
    for (const [index, child] of rows.entries()) {
      const { from, to } = relation.join()
      if (child.action === "delete") {
        keys = { ...keys, [from]: null }
        continue
      }
      const result = await write(db, child.changeset, child.action)
      if (!result.ok)
        return err(withNestedRow(known(changeset), relation.name, index, result.error))
      if (child.action === "insert") keys = { ...keys, [from]: result.value[to] }
    }
  }
  const result = await writeRow(db, changeset, action, keys)
  if (!result.ok) return result
  for (const gone of before.flatMap(({ rows }) => rows.filter(isDelete)))
    await write(db, gone.changeset, "delete")
  for (const { relation, rows } of after) {
    for (const [index, child] of rows.entries()) {
      const written = await writeChild(db, result.value, relation, child)
      if (!written.ok)
        return err(withNestedRow(known(changeset), relation.name, index, written.error))
    }
  }
  return result
}

const isDelete = ({ action }: NestedRow): boolean => action === "delete"

/** A row that has the key of `parent`, or that a row of a third table joins with it. */
async function writeChild(
  db: QueryBuilder,
  parent: Row,
  relation: NestedWrite["relation"],
  { action, changeset }: NestedRow,
): Promise<Written> {
  const { from, to, through } = relation.join()
  if (through === null) {
    return write(db, changeset, action, action === "insert" ? { [to]: parent[from] } : {})
  }
  if (action === "delete") {
    // the other row may be joined with more rows than this one
    const other = writeOf(changeset).row
    await db
      .delete(through.table)
      .where(
        sqlAnd(
          eq(columnOf(through.table, through.from), parent[from]),
          eq(columnOf(through.table, through.to), other[to]),
        ),
      )
    return ok(other)
  }
  const result = await write(db, changeset, action)
  if (result.ok && action === "insert")
    await db
      .insert(through.table)
      .values({ [through.from]: parent[from], [through.to]: result.value[to] })
  return result
}

async function writeRow(
  db: QueryBuilder,
  changeset: AnyChangeset,
  action: Action,
  given: Row,
): Promise<Written> {
  try {
    const [row] = await statement(db, changeset, action, given)
    if (row === undefined) throw new StaleError(changeset.schema.name)
    return ok(row)
  } catch (error) {
    if (!(error instanceof ConstraintError) || error.constraint === undefined) throw error
    const violation = { code: error.sqlState, constraint: error.constraint }
    const refused = constraintError(known(changeset), violation)
    if (refused === null) throw error
    return err(refused.withAction(action))
  }
}

async function statement(
  db: QueryBuilder,
  changeset: AnyChangeset,
  action: Action,
  given: Row,
): Promise<readonly Row[]> {
  const { table, row, changes } = writeOf(changeset)
  if (action === "insert")
    return db
      .insert(table)
      .values({ ...row, ...changes, ...given })
      .returning()
  const set = { ...changes, ...given }
  if (action === "update" && Object.keys(set).length === 0) return [row]
  const key = byKey(changeset.schema, row)
  if (key === null) return []
  if (action === "delete") return db.delete(table).where(key).returning()
  return db.update(table).set(set).where(key).returning()
}

/** Every `AnyChangeset` was made as a changeset of its schema: `writeOf` throws for what was not. */
const known = (changeset: AnyChangeset): Changeset => changeset as Changeset
