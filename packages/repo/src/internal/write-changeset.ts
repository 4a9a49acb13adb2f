import { err, ok, type Result } from "@bennu/core"
import {
  type AnyChangeset,
  type Changeset,
  constraintError,
  type NestedRow,
  type NestedWrite,
  staleError,
  stepsOf,
  type Write,
  withNestedRow,
  writeOf,
} from "@bennu/schema"
import { eq, isNull, type SQL, sql, and as sqlAnd } from "drizzle-orm"
import type { Statement } from "../driver.ts"
import { ConstraintError, StaleError } from "../errors.ts"
import { insertMany } from "./insert-many.ts"
import { byKey, byValues, columnOf } from "./keys.ts"
import type { Place, Upsert } from "./place.ts"

export type Row = Readonly<Record<string, unknown>>
export type Action = "insert" | "update" | "delete"
type Written = Result<Row, AnyChangeset>

/** Whether writing it is more than one statement. */
export function needsTransaction(changeset: AnyChangeset): boolean {
  const { nested, prepare } = stepsOf(changeset)
  return nested.length > 0 || prepare.length > 0
}

/**
 * Writes a changeset and the rows nested in it: those it belongs to first, then itself, then those that belong to it.
 * @param given Columns that the row around it decides: the foreign key.
 */
export async function write(
  place: Place,
  proposed: AnyChangeset,
  action: Action,
  given: Row = {},
): Promise<Written> {
  if (!needsTransaction(proposed) && proposed.valid)
    return writeRow(place, known(proposed), action, given)
  const changeset = await prepared(place, proposed)
  if (!changeset.valid) return err(changeset.withAction(action))
  const { nested } = stepsOf(changeset)
  const inner = place.within
  const before = nested.filter(({ relation }) => relation.kind === "belongsTo")
  const after = nested.filter(({ relation }) => relation.kind !== "belongsTo")
  let keys = given
  for (const { relation, rows } of before) {
    for (const [index, child] of rows.entries()) {
      const result = await writeParent(inner, relation, child)
      if (!result.ok) return err(withNestedRow(changeset, relation.name, index, result.error))
      keys = { ...keys, ...result.value }
    }
  }
  const result = await writeRow(place, changeset, action, keys)
  if (!result.ok) return result
  for (const gone of before.flatMap(({ rows }) => rows.filter(isDelete)))
    await write(inner, gone.changeset, "delete")
  for (const { relation, rows } of after) {
    for (const [index, child] of rows.entries()) {
      const written = await writeChild(inner, result.value, relation, child)
      if (!written.ok) return err(withNestedRow(changeset, relation.name, index, written.error))
    }
  }
  return result
}

const isDelete = ({ action }: NestedRow): boolean => action === "delete"

/** What the functions of `prepareChanges` make of it; the first that refuses is the last that runs. */
async function prepared({ repo }: Place, proposed: AnyChangeset): Promise<Changeset> {
  let changeset = known(proposed)
  for (const prepare of stepsOf(proposed).prepare) {
    if (!changeset.valid) break
    // its author says which repo it takes, and this one is the one that writes the changeset
    changeset = await prepare(changeset, repo as never)
  }
  return changeset
}

/** Writes a row that the row around it belongs to, and gives that one's key. */
async function writeParent(
  place: Place,
  relation: NestedWrite["relation"],
  { action, changeset }: NestedRow,
): Promise<Written> {
  const { from, to } = relation.join()
  if (action === "delete" || action === "unlink") return ok({ [from]: null })
  const result = await write(place, changeset, action === "insert" ? "insert" : "update")
  return result.ok && action !== "update" ? ok({ [from]: result.value[to] }) : toKeys(result)
}

const toKeys = (result: Written): Written => (result.ok ? ok({}) : result)

/** A row that has the key of `parent`, or that a row of a third table joins with it. */
async function writeChild(
  place: Place,
  parent: Row,
  relation: NestedWrite["relation"],
  { action, changeset }: NestedRow,
): Promise<Written> {
  const { db } = place
  const { from, to, through } = relation.join()
  const isNew = action === "insert" || action === "link"
  if (through === null) {
    if (action === "unlink") return write(place, changeset, "update", { [to]: null })
    const key = isNew ? { [to]: parent[from] } : {}
    return write(place, changeset, action === "link" ? "update" : action, key)
  }
  if (action === "delete" || action === "unlink") {
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
  const result = await write(place, changeset, action === "insert" ? "insert" : "update")
  if (result.ok && isNew)
    await db
      .insert(through.table)
      .values({ [through.from]: parent[from], [through.to]: result.value[to] })
      .onConflictDoNothing()
  return result
}

/** Writes the row of a valid changeset, and none that are nested in it. */
export async function writeRow(
  place: Place,
  changeset: Changeset,
  action: Action,
  given: Row = NOTHING,
): Promise<Written> {
  try {
    place.sight.table(changeset.schema)
    const asked = writeOf(changeset, action === "insert" ? "insert" : "update")
    const statement = usual(place, changeset, asked, action, given)
    const rows =
      statement === null
        ? await written(place, changeset, asked, action, given)
        : place.plan(asked.table).read(await place.run(statement))
    return rows[0] === undefined ? err(await stale(place, changeset, action)) : ok(rows[0])
  } catch (error) {
    return err(refused(changeset, action, error))
  }
}

const NOTHING: Row = {}

/**
 * The changeset with what a constraint says of it.
 * @throws all that is no answer to who sent the changeset.
 */
function refused(changeset: Changeset, action: Action, error: unknown): AnyChangeset {
  if (!(error instanceof ConstraintError)) throw error
  const { sqlState: code, constraint, table, column } = error.report
  const known = constraintError(changeset, { code, constraint, table, column })
  if (known === null) throw error
  return known.withAction(action)
}

/** What nearly every changeset comes to. @returns Null where it is no insert or update, by key, of plain values. */
function usual(
  place: Place,
  { schema }: Changeset,
  { table, row, changes, locks }: Write,
  action: Action,
  given: Row,
): Statement | null {
  if (action === "delete" || locks.size > 0 || place.conflict !== undefined) return null
  if (action === "insert") return place.plan(table).insert({ ...row, ...changes, ...given })
  const set = { ...changes, ...given }
  if (Object.keys(set).length === 0 || byKey(schema, row) === null) return null
  if (place.sight.limit(schema) !== undefined) return null
  const keys = schema.primaryKey.map((name) => [name, row[name]] as const)
  return place.plan(table).update(set, Object.fromEntries(keys))
}

async function written(
  place: Place,
  changeset: Changeset,
  { table, row, changes, locks }: Write,
  action: Action,
  given: Row,
): Promise<readonly Row[]> {
  if (action === "insert") {
    const values = { ...row, ...changes, ...given }
    if (place.conflict !== undefined) return upserted(place, changeset, values, place.conflict)
    return place.db.insert(table).values(values).returning()
  }
  const set = { ...changes, ...given }
  const isSame = Object.keys(set).length === 0 && !(locks.size > 0 && changesWithin(changeset))
  if (action === "update" && isSame) return [row]
  const key = byKey(changeset.schema, row)
  if (key === null) return []
  const { db } = place
  const held = [...locks].map(([name, lock]) => holds(columnOf(table, name), lock.held))
  const where = sqlAnd(key, place.sight.limit(changeset.schema), ...held)
  const { softDelete } = changeset.schema
  if (action === "delete") {
    if (softDelete === null) return db.delete(table).where(where).returning()
    return db
      .update(table)
      .set({ [softDelete]: sql`now()` })
      .where(where)
      .returning()
  }
  const next = [...locks].map(([name, lock]) => [name, lock.next] as const)
  return db
    .update(table)
    .set({ ...set, ...Object.fromEntries(next) })
    .where(where)
    .returning()
}

/** Whether rows of its relations are to be written: what is locked is locked with them. */
const changesWithin = (changeset: AnyChangeset): boolean =>
  stepsOf(changeset).nested.some(({ rows }) =>
    rows.some(
      ({ action, changeset: row }) =>
        action !== "update" || Object.keys(writeOf(row).changes).length > 0 || changesWithin(row),
    ),
  )

/** A row that was there and equal is not written again, so nothing of it comes back: it is read. */
async function upserted(
  { db, sight }: Place,
  { schema }: Changeset,
  values: Row,
  conflict: Upsert,
): Promise<readonly Row[]> {
  const written = await insertMany(db, sight, schema, [values], conflict)
  if (written.length > 0) return written
  const names = conflict.target.map(String)
  const there = byValues(schema, Object.fromEntries(names.map((name) => [name, values[name]])))
  return there === null
    ? []
    : db
        .select()
        .from(schema.table)
        .where(sqlAnd(there, sight.limit(schema)))
}

const holds = (column: ReturnType<typeof columnOf>, value: unknown): SQL =>
  value === null ? isNull(column) : eq(column, value)

/**
 * The changeset with what is in the database instead of what was read.
 * @throws {StaleError} when it holds no lock: the row is gone, or out of sight, which nobody expected.
 */
async function stale(
  { db, sight }: Place,
  changeset: Changeset,
  action: Action,
): Promise<AnyChangeset> {
  const { table, row, locks } = writeOf(changeset)
  if (action === "insert" || locks.size === 0) throw new StaleError(changeset.schema.name)
  const key = byKey(changeset.schema, row)
  if (key === null) throw new StaleError(changeset.schema.name)
  const there = sqlAnd(key, sight.limit(changeset.schema))
  const [current = null] = await db.select().from(table).where(there)
  return staleError(changeset, current).withAction(action)
}

/** Every `AnyChangeset` was made as a changeset of its schema: `writeOf` throws for what was not. */
const known = (changeset: AnyChangeset): Changeset => changeset as Changeset
