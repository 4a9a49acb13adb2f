import type { Rule } from "./rule.ts"
import { addedColumns, changedColumns } from "./rules/columns.ts"
import { constraints, domains } from "./rules/constraints.ts"
import { indexes, partitions } from "./rules/indexes.ts"
import { removals, renames } from "./rules/removals.ts"
import { keys, types } from "./rules/types.ts"
import { work } from "./rules/work.ts"

/** All that judge a statement. */
export const judges: readonly Rule[] = [
  addedColumns,
  changedColumns,
  constraints,
  domains,
  indexes,
  partitions,
  removals,
  renames,
  types,
  keys,
  work,
]
