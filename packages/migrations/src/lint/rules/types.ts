import type { ColumnDef, Node } from "libpg-query"
import { type Found, nameOf, type Rule, words } from "../rule.ts"
import type { LintRule } from "../rule-names.ts"

/** Types of new columns that people regret. */
export const types: Rule = (node) =>
  newColumns(node).flatMap(({ table, column }): Found[] => {
    const type = words(column.typeName?.names).at(-1) ?? ""
    const regret = regrets.get(type)
    if (regret === undefined || (type === "varchar" && !column.typeName?.typmods)) return []
    const name = column.colname ?? ""
    const [rule, message, better] = regret
    return [{ rule, message: `${table}.${name}: ${message}`, rewrite: `${name} ${better}` }]
  })

type Regret = readonly [rule: LintRule, message: string, better: string]
const length: Regret = [
  "prefer-text",
  "another length needs a lock on the table, text and a check do not",
  "text check (char_length(…) <= …)",
]
const serial: Regret = [
  "prefer-identity",
  "whoever inserts may change the number, and needs a right on its sequence",
  "bigint generated always as identity",
]
/** Type: rule, message, what to write. */
const regrets: ReadonlyMap<string, readonly [rule: LintRule, message: string, better: string]> =
  new Map([
    ["varchar", length],
    ["bpchar", ["no-char", "is filled up with spaces", "text"]],
    [
      "json",
      [
        "prefer-jsonb",
        "has no equality, so select distinct fails, and is parsed at each look",
        "jsonb",
      ],
    ],
    ["timestamp", ["prefer-timestamptz", "does not tell which moment it is", "timestamptz"]],
    ["timetz", ["prefer-timestamptz", "an offset without a day tells no time", "timestamptz"]],
    ["money", ["no-money", "rounds by the session's language", "numeric(12, 2)"]],
    ["serial", serial],
    ["serial4", serial],
    ["bigserial", serial],
    ["serial8", serial],
    ["smallserial", serial],
    ["serial2", serial],
  ])

/** Numbers of rows that end at 2,147,483,647. */
export const keys: Rule = (node) =>
  newColumns(node).flatMap(({ table, column, isKey }): Found[] => {
    const type = words(column.typeName?.names).at(-1) ?? ""
    if (!isKey || !["int4", "int2"].includes(type)) return []
    return [
      {
        rule: "prefer-bigint-key",
        message: `${table}.${column.colname ?? ""} ends at ${type === "int4" ? "2,147,483,647" : "32,767"}, and to change it then takes the table away for hours`,
        rewrite: `${column.colname ?? ""} bigint generated always as identity primary key`,
      },
    ]
  })

/** Of `create table` and of `add column`. */
function newColumns(node: Node): { table: string; column: ColumnDef; isKey: boolean }[] {
  const isKey = ({ constraints = [] }: ColumnDef) =>
    constraints.some((each) => "Constraint" in each && each.Constraint.contype === "CONSTR_PRIMARY")
  if ("CreateStmt" in node) {
    const table = nameOf(node.CreateStmt.relation)
    const elements = node.CreateStmt.tableElts ?? []
    return elements.flatMap((each) =>
      "ColumnDef" in each ? [{ table, column: each.ColumnDef, isKey: isKey(each.ColumnDef) }] : [],
    )
  }
  if (!("AlterTableStmt" in node)) return []
  const table = nameOf(node.AlterTableStmt.relation)
  return (node.AlterTableStmt.cmds ?? []).flatMap((each) => {
    const def = "AlterTableCmd" in each ? each.AlterTableCmd.def : undefined
    if (def === undefined || !("ColumnDef" in def)) return []
    if (!("AlterTableCmd" in each) || each.AlterTableCmd.subtype !== "AT_AddColumn") return []
    return [{ table, column: def.ColumnDef, isKey: isKey(def.ColumnDef) }]
  })
}
