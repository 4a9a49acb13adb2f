import type { ObjectType } from "libpg-query"
import { type Found, nameOf, type Rule, words } from "../rule.ts"
import type { LintRule } from "../rule-names.ts"

/** What the app of before, which runs while the new one starts, still asks for. */
export const removals: Rule = (node, context) => {
  if ("DropStmt" in node) {
    const { removeType, objects = [] } = node.DropStmt
    const names = objects.map((each) => ("List" in each ? words(each.List.items).join(".") : ""))
    const what = removed.get(removeType)
    if (what === undefined || names.every((name) => context.isNew(name))) return []
    return [
      {
        rule: `drop-${what}`,
        message: `the app of before still uses the ${what} ${names.join(", ")}, and no way back brings its rows`,
        rewrite: `Deploy code that does not use it first, then allow this.`,
      },
    ]
  }
  if ("DropdbStmt" in node)
    return [
      {
        rule: "drop-database",
        message: "takes everything along",
        rewrite: "Do it by hand, once nobody uses the database.",
      },
    ]
  if ("TruncateStmt" in node) {
    const names = (node.TruncateStmt.relations ?? []).flatMap((each) =>
      "RangeVar" in each ? [nameOf(each.RangeVar)] : [],
    )
    if (names.every((name) => context.isNew(name))) return []
    return [
      {
        rule: "truncate",
        message: `empties ${names.join(", ")} while nobody can read it${node.TruncateStmt.behavior === "DROP_CASCADE" ? ", and all tables that refer to it" : ""}`,
        rewrite: "Delete in batches (backfill), only what has to go.",
      },
    ]
  }
  return []
}

const removed: ReadonlyMap<
  ObjectType | undefined,
  "table" | "view" | "schema" | "type" | "sequence"
> = new Map([
  ["OBJECT_TABLE", "table"],
  ["OBJECT_VIEW", "view"],
  ["OBJECT_MATVIEW", "view"],
  ["OBJECT_SCHEMA", "schema"],
  ["OBJECT_TYPE", "type"],
  ["OBJECT_SEQUENCE", "sequence"],
])

/** Names that two versions of the app, running at once, cannot both be right about. */
export const renames: Rule = (node, context) => {
  if ("RenameStmt" in node) {
    const { renameType, relation, subname = "", newname = "" } = node.RenameStmt
    const table = nameOf(relation)
    if (context.isNew(table)) return []
    if (renameType === "OBJECT_COLUMN")
      return [
        {
          rule: "rename-column",
          message: `the app of before still asks for ${table}.${subname}`,
          rewrite: `alter table ${table} add column ${newname} …;\n-- write both from the app, fill it in batches (backfill), read ${newname}, then drop ${subname};\n-- or keep the column's name and change only the property: ${newname}: text("${subname}")`,
        },
      ]
    if (renameType === "OBJECT_TABLE" || renameType === "OBJECT_VIEW")
      return [renamed("rename-table", table, newname)]
    if (renameType === "OBJECT_SCHEMA") return [renamed("rename-schema", subname, newname)]
  }
  if ("AlterObjectSchemaStmt" in node) {
    const { relation, newschema = "" } = node.AlterObjectSchemaStmt
    const table = nameOf(relation)
    if (relation && !context.isNew(table))
      return [renamed("rename-table", table, `${newschema}.${relation.relname ?? ""}`)]
  }
  return []
}

const renamed = (rule: LintRule, from: string, to: string): Found => ({
  rule,
  message: `the app of before still asks for ${from}`,
  rewrite:
    rule === "rename-schema"
      ? `Make ${to} beside ${from}, move what is in it step by step, then drop ${from}.`
      : `-- allow rename-table: a view stands in for it\nalter table ${from} rename to ${to.split(".").at(-1)};\ncreate view ${from} as select * from ${to};\n-- the view takes writes, too; drop it when nobody asks for ${from} any more`,
})
