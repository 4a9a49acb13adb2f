import type { ColumnDef, Constraint, Node } from "libpg-query"
import { type Context, commandsOf, type Found, type Rule, words } from "../rule.ts"

/** What it costs to give a column to a table that is in use. */
export const addedColumns: Rule = (node, context) =>
  commandsOf(node, context).flatMap(({ table, command: { subtype, def } }) =>
    subtype === "AT_AddColumn" && def && "ColumnDef" in def
      ? addedColumn(table, def.ColumnDef)
      : [],
  )

function addedColumn(table: string, column: ColumnDef): Found[] {
  const name = column.colname ?? ""
  const type = words(column.typeName?.names).at(-1) ?? ""
  const constraints = (column.constraints ?? []).flatMap((each) =>
    "Constraint" in each ? [each.Constraint] : [],
  )
  const of = (kind: Constraint["contype"]) => constraints.find(({ contype }) => contype === kind)
  const value = of("CONSTR_DEFAULT")?.raw_expr
  const add = `alter table ${table} add column ${name} ${type};`
  const later = "-- then, in migrations of their own:"
  const found: Found[] = []
  if (isSerial(type) || of("CONSTR_IDENTITY"))
    found.push({
      rule: "add-serial-column",
      message: `numbering the rows rewrites ${table} while nobody can read it`,
      rewrite: `create sequence ${table}_${name}_seq;\nalter table ${table} add column ${name} bigint;\nalter table ${table} alter column ${name} set default nextval('${table}_${name}_seq');\n${later} fill the column in batches (backfill), then add what it must not be`,
    })
  if (of("CONSTR_GENERATED"))
    found.push({
      rule: "add-stored-column",
      message: `a stored generated column rewrites ${table} while nobody can read it`,
      rewrite: `${add}\n-- keep it current by a trigger or the app, ${later.slice(3)} fill it in batches (backfill)`,
    })
  if (value !== undefined && isVolatile(value))
    found.push({
      rule: "add-column-volatile-default",
      message: `a default that differs by row rewrites ${table} while nobody can read it`,
      rewrite: `${add}\nalter table ${table} alter column ${name} set default …;\n${later} fill the column in batches (backfill)`,
    })
  if (
    of("CONSTR_NOTNULL") &&
    value === undefined &&
    !isSerial(type) &&
    !of("CONSTR_IDENTITY") &&
    !of("CONSTR_GENERATED")
  )
    found.push({
      rule: "add-required-column",
      message: `fails when ${table} has rows, and the app of before cannot insert any more`,
      rewrite: `${add}\n${later} fill it, then\nalter table ${table} add constraint ${name}_not_null check (${name} is not null) not valid;`,
    })
  if (of("CONSTR_FOREIGN"))
    found.push({
      rule: "foreign-key-without-not-valid",
      message: `looks at all rows while nobody can write to either table`,
      rewrite: `${add}\nalter table ${table} add constraint ${table}_${name}_fkey foreign key (${name}) references … not valid;\n${later}\nalter table ${table} validate constraint ${table}_${name}_fkey;`,
    })
  if (of("CONSTR_CHECK"))
    found.push({
      rule: "check-without-not-valid",
      message: `looks at all rows of ${table} while nobody can read it`,
      rewrite: `${add}\nalter table ${table} add constraint ${table}_${name}_check check (…) not valid;\n${later}\nalter table ${table} validate constraint ${table}_${name}_check;`,
    })
  if (of("CONSTR_UNIQUE") || of("CONSTR_PRIMARY"))
    found.push({
      rule: "unique-without-index",
      message: `builds its index while nobody can read ${table}`,
      rewrite: `${add}\n-- transaction: off, in a migration of its own\ncreate unique index concurrently ${table}_${name}_key on ${table} (${name});\n-- and then\nalter table ${table} add constraint ${table}_${name}_key unique using index ${table}_${name}_key;`,
    })
  return found
}

const isSerial = (type: string): boolean => /^(small|big)?serial[248]?$/.test(type)

/** Whether its value may differ by row: functions do, but for those that stand still within a statement. */
function isVolatile(node: Node): boolean {
  if ("FuncCall" in node) return !stable.has(words(node.FuncCall.funcname).at(-1) ?? "")
  if ("TypeCast" in node) return node.TypeCast.arg !== undefined && isVolatile(node.TypeCast.arg)
  if ("A_Expr" in node) {
    const { lexpr, rexpr } = node.A_Expr
    return [lexpr, rexpr].some((side) => side !== undefined && isVolatile(side))
  }
  return false
}

// pg_proc.provolatile is "s" or "i" for them: postgresql.org/docs/current/xfunc-volatility.html
const stable = new Set([
  "now",
  "transaction_timestamp",
  "statement_timestamp",
  "current_setting",
  "lower",
  "upper",
  "to_timestamp",
  "jsonb_build_object",
  "jsonb_build_array",
  "make_date",
  "make_interval",
])

/** Changes of a column that rewrite its table, or that look at all of its rows. */
export const changedColumns: Rule = (node, context) =>
  commandsOf(node, context).flatMap(({ table, command }): Found[] => {
    const column = command.name ?? ""
    switch (command.subtype) {
      case "AT_AlterColumnType":
        return [
          {
            rule: "change-column-type",
            message: `may rewrite ${table} and its indexes while nobody can read it, and the app of before expects the old type`,
            rewrite: `alter table ${table} add column ${column}_new …;\n-- write both from the app, fill it in batches (backfill), read the new one, then drop the old one`,
          },
        ]
      case "AT_SetNotNull":
        return setNotNull(table, column, context)
      case "AT_DropNotNull":
        return [
          {
            rule: "drop-not-null",
            message: `the app of before does not expect a null in ${table}.${column}`,
            rewrite: "Deploy code that reads nulls first, then allow this.",
          },
        ]
      case "AT_DropColumn":
        return [
          {
            rule: "drop-column",
            message: `the app of before still selects ${table}.${column}`,
            rewrite: `Deploy code that does not know ${table}.${column} first, then allow this.`,
          },
        ]
      case "AT_SetLogged":
      case "AT_SetUnLogged":
      case "AT_SetTableSpace":
        return [
          {
            rule: "rewrite-table",
            message: `copies ${table} while nobody can read it`,
            rewrite: "Make another table so, copy in batches (backfill), and change over.",
          },
        ]
      default:
        return []
    }
  })

const setNotNull = (table: string, column: string, context: Context): Found[] =>
  context.isNeverNull(table, column)
    ? []
    : [
        {
          rule: "set-not-null",
          message: `looks at all rows of ${table} while nobody can read it`,
          rewrite: `alter table ${table} add constraint ${column}_not_null check (${column} is not null) not valid;\n-- in a migration of its own\nalter table ${table} validate constraint ${column}_not_null;\n-- and in one after that, which has no rows left to look at\nalter table ${table} alter column ${column} set not null;\nalter table ${table} drop constraint ${column}_not_null;`,
        },
      ]
