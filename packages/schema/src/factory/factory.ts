import type { Result } from "@bennu/core"
import { change } from "../cast.ts"
import type { AnyChangeset, Changeset, Proposed } from "../changeset.ts"
import type { Row, Schema } from "../schema.ts"
import { defaultOf } from "./defaults.ts"
import { FactoryError } from "./errors.ts"

/** All that a factory asks of a repo. */
export interface Inserts {
  insert<S extends Schema>(changeset: Changeset<S>): Promise<Result<Row<S>, AnyChangeset>>
}

/** What differs from the defaults, for one row or by its sequence number. */
export type Given<S extends Schema> = Proposed<S> | ((sequence: number) => Proposed<S>)

export interface Factory<S extends Schema> {
  /** A whole row that is in no database, with stand-ins for what only the database computes. */
  build(values?: Given<S>): Row<S>
  /** A row in the database; what has a default there is left to it. */
  insert(repo: Inserts, values?: Given<S>): Promise<Row<S>>
  /** Several rows, one after the other. */
  insertMany(repo: Inserts, count: number, values?: Given<S>): Promise<Row<S>[]>
}

export interface FactoryOptions {
  /** What time it is, for columns whose default is the time (`Date.now`). */
  readonly now?: (() => number) | undefined
}

/**
 * Makes rows for tests and seeds, so that each says only what it is about.
 * @param defaults The rest, from a number that is another one for each row, from 1.
 * @example const user = factory(User, (n) => ({ email: `user${n}@example.com` }))
 */
export function factory<S extends Schema>(
  schema: S,
  defaults: (sequence: number) => Proposed<S>,
  { now = Date.now }: FactoryOptions = {},
): Factory<S> {
  let last = 0
  const next = (values: Given<S> | undefined) => {
    const sequence = ++last
    const given = typeof values === "function" ? values(sequence) : values
    const merged: Proposed<S> = { ...defaults(sequence), ...given }
    return { sequence, changeset: change(schema, {}, merged) }
  }
  const insert = async (repo: Inserts, values?: Given<S>): Promise<Row<S>> => {
    const { changeset } = next(values)
    if (!changeset.valid) throw new FactoryError(schema.name, changeset.errors)
    const result = await repo.insert(changeset)
    if (!result.ok) throw new FactoryError(schema.name, result.error.errors)
    return result.value
  }
  return {
    build(values) {
      const { sequence, changeset } = next(values)
      const row: Record<string, unknown> = {}
      for (const [name, column] of schema.columns) {
        const given: unknown = Reflect.get(changeset.changes, name)
        row[name] = given === undefined ? defaultOf(column, sequence, now) : given
      }
      const refused = new Set(changeset.errors.map(({ path }) => path?.[0]))
      const missing = [...schema.columns.keys()]
        .filter((name) => row[name] === undefined && !refused.has(name))
        .map((name) => ({ message: "can't be blank", path: [name] }))
      const issues = [...changeset.errors, ...missing]
      if (issues.length > 0) throw new FactoryError(schema.name, issues)
      // each column of the schema's table has its value, so this is one of its rows
      return row as Row<S>
    },
    insert,
    async insertMany(repo, count, values) {
      const rows: Row<S>[] = []
      while (rows.length < count) rows.push(await insert(repo, values))
      return rows
    },
  }
}
