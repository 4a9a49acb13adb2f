import type { StandardSchemaV1 } from "@bennu/core"
import type { PgColumn } from "drizzle-orm/pg-core"
import { isText } from "../read.ts"
import { type Limits, narrowest, type SomeLimits } from "./limits.ts"
import { type FieldCheck, limitsOfCheck } from "./limits-of-checks.ts"
import { type FieldRule, fieldRules } from "./limits-of-rules.ts"

/** Who knows something of a form's fields. */
export interface Knowing {
  /** Null where there are none, and what the columns hold is all that counts. */
  readonly rules: StandardSchemaV1 | null
  readonly checks: readonly FieldCheck[]
}

export function limitsOf(
  key: string,
  column: PgColumn | undefined,
  { rules, checks }: Knowing,
): Limits {
  const rule = rules === null ? null : fieldRules(rules).get(key)
  const list = column !== undefined && unfilled.has(column.dataType)
  const asked = checks.filter(({ field }) => field === key)
  return narrowest([
    { type: column && kindOf(column), required: refusesEmpty(column, rule) },
    rule?.limits ?? {},
    ...asked.map((check) => limitsOfCheck(check, list)),
  ])
}

/** A box that is not ticked and a list without items send nothing, and are a value all the same. */
const unfilled: ReadonlySet<string> = new Set(["boolean", "array", "json", "buffer"])

function kindOf({ dataType, columnType }: PgColumn): SomeLimits["type"] {
  if (columnType === "PgDate" || columnType === "PgDateString") return "date"
  if (dataType === "date") return "datetime-local"
  const number = dataType === "number" || dataType === "bigint" || columnType === "PgNumeric"
  return number ? "number" : undefined
}

/**
 * Whether the rules refuse what an empty input means: of text the empty text, of anything else null or nothing at all.
 * @param rule Null without rules; undefined when they say nothing of the field.
 */
function refusesEmpty(column: PgColumn | undefined, rule: FieldRule | null | undefined): boolean {
  if (column === undefined || isText(column)) {
    // where there may be nothing, that is what an empty input means first
    const spared = column?.notNull === false && rule?.nullable === true
    return rule?.demanded === true && rule.filled && !spared
  }
  if (rule === undefined || unfilled.has(column.dataType)) return false
  const owed = column.notNull && !column.hasDefault
  return rule === null ? owed : rule.demanded && !rule.nullable && (rule.typed || owed)
}
