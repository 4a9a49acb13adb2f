import { SchemaDefinitionError } from "./errors.ts"
import type { Schema } from "./schema.ts"
import { softDeleteProblems } from "./soft-delete.ts"

/**
 * Works out at boot what is otherwise found at the first use: the foreign key of every relation, and what is unique among
 * rows that are deleted softly. Call it where the app starts, with all schemas.
 * @throws {SchemaDefinitionError} that lists every relation that cannot be joined, and every unique index that is not partial
 * by `softDelete`'s column, with the lines to write.
 */
export function checkSchemas(...schemas: readonly Schema[]): void {
  const problems: SchemaDefinitionError[] = []
  for (const schema of schemas) {
    problems.push(...softDeleteProblems(schema))
    for (const relation of schema.relations.values()) {
      try {
        relation.join()
      } catch (error) {
        if (!(error instanceof SchemaDefinitionError)) throw error
        problems.push(error)
      }
    }
  }
  const [first, ...more] = problems
  if (first === undefined) return
  if (more.length === 0) throw first
  const told = problems.map(({ message }) => message).join("; ")
  const hints = problems.map(({ hint }) => hint).join("\n")
  throw new SchemaDefinitionError(first.table, told, hints)
}
