import { err, type Result } from "@bennu/core"
import type { Changeset, Row, Schema } from "@bennu/schema"
import type { Upsert, Waiting } from "../repo.ts"
import type { Access } from "./access.ts"
import { Place, type Upsert as UpsertOfAny } from "./place.ts"
import { type Action, needsTransaction, write, writeRow } from "./write-changeset.ts"

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
      ? await inTransaction(access, changeset, action, waiting, conflict)
      : await writeRow(new Place(access, waiting, conflict), changeset, action)
  // what comes back is a row of the schema, or the changeset with an error more
  return result as Result<Row<S>, Changeset<S>>
}

const inTransaction = (
  access: Access,
  changeset: Changeset,
  action: Action,
  { signal }: Waiting,
  conflict: UpsertOfAny | undefined,
) =>
  access.transaction((within) => write(new Place(within, {}, conflict), changeset, action), {
    signal,
  })
