import { type Found, nameOf, type Rule } from "../rule.ts"

/** Work on rows, which belongs into a backfill, and work on whole tables. */
export const work: Rule = (node, context) => {
  if ("UpdateStmt" in node) {
    const { relation, whereClause } = node.UpdateStmt
    return changed(nameOf(relation), whereClause === undefined, context)
  }
  if ("DeleteStmt" in node) {
    const { relation, whereClause } = node.DeleteStmt
    return changed(nameOf(relation), whereClause === undefined, context)
  }
  if ("VacuumStmt" in node) {
    const { is_vacuumcmd: isVacuum = false, options = [] } = node.VacuumStmt
    if (!isVacuum || !options.some((each) => "DefElem" in each && each.DefElem.defname === "full"))
      return []
    return [rewritten("vacuum full")]
  }
  if ("ClusterStmt" in node) return [rewritten("cluster")]
  if ("LockStmt" in node)
    return [
      {
        rule: "lock-table",
        message: "everybody waits until the migration has ended",
        rewrite: "Leave it out: each statement takes the lock that it needs.",
      },
    ]
  return []
}

function changed(table: string, all: boolean, context: Parameters<Rule>[1]): Found[] {
  if (context.isNew(table)) return []
  const rewrite = `Call backfill(sql, { table: "${table}", … }) in a migration of its own with transaction: false.`
  if (all)
    return [
      {
        rule: "change-all-rows",
        message: `locks every row of ${table} until the migration has ended`,
        rewrite,
      },
    ]
  if (!context.transaction || !context.structureChanged) return []
  return [
    {
      rule: "change-rows-with-structure",
      message: `the lock of the change before it is kept while rows of ${table} are changed`,
      rewrite,
    },
  ]
}

const rewritten = (what: string): Found => ({
  rule: "rewrite-table",
  message: `${what} copies the table while nobody can read it`,
  rewrite: "Let autovacuum work; for a table that is mostly empty use pg_repack.",
})
