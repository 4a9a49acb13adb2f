import type { DefElem, DropStmt, IndexStmt, Node } from "libpg-query"
import { type Context, commandsOf, type Found, nameOf, type Rule, words } from "../rule.ts"
import type { LintRule } from "../rule-names.ts"

/** Indexes and what else can be done concurrently. */
export const indexes: Rule = (node, context) => {
  if ("IndexStmt" in node) return built(node.IndexStmt, context)
  if ("DropStmt" in node && node.DropStmt.removeType === "OBJECT_INDEX")
    return dropped(node.DropStmt, context)
  if ("ReindexStmt" in node) {
    const { relation, name, params = [] } = node.ReindexStmt
    return concurrent(
      params.some((param) => "DefElem" in param && isOn(param.DefElem, "concurrently")),
      context,
      {
        what: "reindex",
        on: nameOf(relation) || (name ?? ""),
        rule: "reindex-without-concurrently",
      },
    )
  }
  if ("RefreshMatViewStmt" in node) {
    const { relation, concurrent: isConcurrent = false, skipData = false } = node.RefreshMatViewStmt
    if (isConcurrent || skipData || context.isNew(nameOf(relation))) return []
    const view = nameOf(relation)
    return [
      {
        rule: "refresh-without-concurrently",
        message: `nobody can read ${view} while it is computed`,
        rewrite: `refresh materialized view concurrently ${view};`,
      },
    ]
  }
  return []
}

function built(index: IndexStmt, context: Context): Found[] {
  const table = nameOf(index.relation)
  if (context.isNew(table)) return []
  const { idxname, concurrent: isConcurrent = false, unique = false } = index
  const start = `create ${unique ? "unique " : ""}index concurrently ${idxname ?? `${table}_…_index`} on ${table} …;`
  if (isConcurrent && idxname === undefined)
    return [
      {
        rule: "unnamed-concurrent-index",
        message: "what a failure leaves of it can be found and repaired by its name only",
        rewrite: start,
      },
    ]
  return concurrent(isConcurrent, context, {
    what: start.replace(/;$/, ""),
    on: table,
    rule: "index-without-concurrently",
  })
}

function dropped(
  { concurrent: isConcurrent = false, objects = [] }: DropStmt,
  context: Context,
): Found[] {
  const names = objects.map((each) => ("List" in each ? words(each.List.items).join(".") : ""))
  return concurrent(isConcurrent, context, {
    what: `drop index concurrently ${names.join(", ")}`,
    on: "its table",
    rule: "drop-index-without-concurrently",
  })
}

function concurrent(
  isConcurrent: boolean,
  { transaction }: Context,
  { what, on, rule }: { readonly what: string; readonly on: string; readonly rule: LintRule },
): Found[] {
  const rewrite = `-- transaction: off\n-- up\n${what === "reindex" ? `reindex (concurrently) …` : what};`
  if (!isConcurrent) return [{ rule, message: `nobody can write to ${on} meanwhile`, rewrite }]
  if (!transaction) return []
  return [
    {
      rule: "concurrently-in-transaction",
      message: "PostgreSQL refuses to do this in a transaction, which a migration is",
      rewrite,
    },
  ]
}

const isOn = ({ defname, arg }: DefElem, name: string): boolean =>
  defname === name && !(arg !== undefined && isFalse(arg))

const isFalse = (node: Node): boolean =>
  ("String" in node && ["false", "off"].includes(node.String.sval ?? "")) ||
  ("Integer" in node && (node.Integer.ival ?? 0) === 0)

/** Partitions that are taken off while all wait. */
export const partitions: Rule = (node, context) =>
  commandsOf(node, context).flatMap(({ table, command: { subtype, def } }): Found[] => {
    if (subtype !== "AT_DetachPartition" || !def || !("PartitionCmd" in def)) return []
    if (def.PartitionCmd.concurrent) return []
    return [
      {
        rule: "detach-without-concurrently",
        message: `nobody can read ${table} meanwhile`,
        rewrite: `-- transaction: off\n-- up\nalter table ${table} detach partition ${nameOf(def.PartitionCmd.name)} concurrently;`,
      },
    ]
  })
