import { declaredUniques, isNamed, mentions } from "./constraint-names.ts"
import { SchemaDefinitionError } from "./errors.ts"
import type { Schema } from "./schema.ts"

/**
 * What is unique among deleted rows too, though nobody said so: who has deleted a row could not make it anew, and would be
 * told that what nobody sees is there.
 */
export function softDeleteProblems({
  table,
  name,
  columns,
  softDelete,
  uniqueAmongDeleted,
}: Schema): SchemaDefinitionError[] {
  const deleted = columns.get(softDelete ?? "")
  const uniques = declaredUniques(table)
  const unknown = uniqueAmongDeleted
    .filter((named) => !uniques.some(({ names }) => isNamed(names, named)))
    .map(
      (named) =>
        new SchemaDefinitionError(
          name,
          `uniqueAmongDeleted names "${named}", and the table declares nothing unique of that name`,
          `It declares ${uniques.map(({ names }) => names[0]).join(", ") || "nothing unique"}.`,
        ),
    )
  if (softDelete === null || deleted === undefined) return unknown
  const problems = uniques
    .filter(({ names }) => !uniqueAmongDeleted.some((named) => isNamed(names, named)))
    .filter(
      ({ fields, where }) => !fields.includes(softDelete) && !(where && mentions(where, deleted)),
    )
    .map(({ names: [index = ""], fields }) => {
      const on = fields.map((field) => `table.${field}`).join(", ") || "…"
      return new SchemaDefinitionError(
        name,
        `"${index}" is unique among deleted rows too`,
        `Make it partial: uniqueIndex("${index}").on(${on}).where(isNull(table.${softDelete})); or, where that is meant, uniqueAmongDeleted: ["${index}"].`,
      )
    })
  return [...unknown, ...problems]
}
