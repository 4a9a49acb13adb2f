import { SchemaDefinitionError } from "../errors.ts"
import type { Schema } from "../schema.ts"
import type { ParentSource } from "./given.ts"

/** A row that has to be there before this one: its property `of` goes into this one's `key`. */
export interface MissingParent {
  readonly key: string
  readonly of: string
  readonly source: ParentSource<object>
}

/** Turns rows that were given into their keys, and names the parents that nobody gave. */
export function foreignKeys(
  schema: Schema,
  given: Readonly<Record<string, unknown>>,
  parents: ReadonlyMap<string, ParentSource<object>>,
): { readonly fields: Record<string, unknown>; readonly missing: readonly MissingParent[] } {
  const fields: Record<string, unknown> = { ...given }
  const missing: MissingParent[] = []
  for (const [name, relation] of schema.relations) {
    const source = parents.get(name)
    const row = fields[name]
    if (source === undefined && row === undefined) continue
    checkParent(schema, name)
    const { from, to } = relation.join()
    delete fields[name]
    if (typeof row === "object" && row !== null) fields[from] = Reflect.get(row, to)
    else if (source !== undefined && fields[from] === undefined)
      missing.push({ key: from, of: to, source })
  }
  return { fields, missing }
}

/** @throws {SchemaDefinitionError} where rows of this schema belong to nothing of that name. */
export function checkParent({ name: table, relations }: Schema, name: string): void {
  const kind = relations.get(name)?.kind
  if (kind === "belongsTo") return
  throw new SchemaDefinitionError(
    table,
    kind ? `a row does not belong to its "${name}"` : `there is no relation "${name}"`,
    "What belongs to a row is made after it: trait(name, values, (row, repo) => …).",
  )
}
