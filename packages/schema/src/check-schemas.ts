import { SchemaDefinitionError } from "./errors.ts"
import type { Schema } from "./schema.ts"

/**
 * Works out at boot what is otherwise found at the first use: the foreign key of every relation. Call it where the app
 * starts, with all schemas.
 * @throws {SchemaDefinitionError} that lists every relation that cannot be joined, with the lines to write.
 */
export function checkSchemas(...schemas: readonly Schema[]): void {
  const problems: SchemaDefinitionError[] = []
  for (const { relations } of schemas) {
    for (const relation of relations.values()) {
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
