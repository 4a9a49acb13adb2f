import type { Changeset } from "../changeset.ts"
import type { Row, Schema } from "../schema.ts"
import { defaultOf } from "./defaults.ts"
import { FactoryError } from "./errors.ts"

/** The row that a changeset would become, with stand-ins for what the database computes. */
export function builtRow<S extends Schema>(
  schema: S,
  changeset: Changeset<S>,
  {
    sequence,
    now,
    seed,
  }: { readonly sequence: number; readonly now: () => number; readonly seed: number },
): Row<S> {
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
  if (issues.length > 0) throw new FactoryError(schema.name, issues, seed)
  // each column of the schema's table has its value, so this is one of its rows
  return row as Row<S>
}
