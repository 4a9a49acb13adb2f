import { err, type Result } from "@bennu/core"
import type { Changeset, Row, Schema } from "@bennu/schema"
import type { Upsert, Waiting } from "../repo.ts"
import type { Access } from "./access.ts"
import type { Conflict } from "./insert-many.ts"
import { type Action, needsTransaction, type Place, write } from "./write-changeset.ts"

/** What comes of a changeset: its row, or the changeset with what is wrong. */
export type Outcome<S extends Schema> = Promise<Result<Row<S>, Changeset<S>>>

export async function written<S extends Schema>(
  access: Access,
  changeset: Changeset<S>,
  action: Action,
  waiting: Waiting,
  conflict?: Upsert<S>,
): Outcome<S> {
  if (!changeset.valid) return err(changeset.withAction(action))
  // before a transaction is begun for it
  access.sight.table(changeset.schema)
  // a refused row would end the transaction around it; a savepoint keeps it usable
  const result =
    access.inTransaction || needsTransaction(changeset)
      ? await access.transaction(
          (within) => write(placeOf(within, {}, conflict), changeset, action),
          { signal: waiting.signal },
        )
      : await write(placeOf(access, waiting, conflict), changeset, action)
  // what comes back is a row of the schema, or the changeset with an error more
  return result as Result<Row<S>, Changeset<S>>
}

const placeOf = (
  access: Access,
  waiting: Waiting,
  conflict: Exclude<Conflict, "nothing"> | undefined,
): Place => ({
  // both are needed for what is rare: expressions, rows that join, locks, functions of `prepareChanges`
  get db() {
    return access.builder(waiting)
  },
  get repo() {
    return access.repo
  },
  sight: access.sight,
  conflict,
  plan: (table) => access.plans.of(table),
  run: (statement) => access.run(statement, waiting),
})
