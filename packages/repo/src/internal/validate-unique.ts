import type { Changeset, Fields, Row, Schema } from "@bennu/schema"
import { and, not } from "drizzle-orm"
import type { Waiting } from "../repo.ts"
import type { Access } from "./access.ts"
import { exists } from "./counting.ts"
import { byKey, byValues } from "./keys.ts"

/** The changeset, with an error where another row has these values already. */
export async function validateUnique<S extends Schema>(
  access: Access,
  changeset: Changeset<S>,
  fields: keyof Row<S> | readonly (keyof Row<S>)[],
  { message = "has already been taken", ...waiting }: Waiting & { message?: string | undefined },
): Promise<Changeset<S>> {
  const { schema, data, changes, errors } = changeset
  // columns are fields, and a list of them is flat
  const names = [fields].flat() as readonly (keyof Row<S> & keyof Fields<S>)[]
  const [first] = names
  const isAsked = names.some((name) => Object.hasOwn(changes, name))
  const isWrong = errors.some(({ path: [place] }) => names.some((name) => name === place))
  if (first === undefined || !isAsked || isWrong) return changeset
  const values = names.map((name) => [name, changeset.getField(name)] as const)
  // null is unlike any other null
  if (values.some(([, value]) => value === null || value === undefined)) return changeset
  const same = byValues(schema, Object.fromEntries(values))
  if (same === null) return changeset
  const where = and(same, isStored(schema, data) ? not(byKey(schema, data) ?? same) : undefined)
  if (!(await exists(access, schema, { ...waiting, where }))) return changeset
  return changeset.addError(first, { message, code: "unique" })
}

/** Whether it is a row that there is, which is not in its own way. */
const isStored = ({ primaryKey }: Schema, data: Readonly<Record<string, unknown>>): boolean =>
  primaryKey.length > 0 && primaryKey.every((name) => data[name] !== undefined)
