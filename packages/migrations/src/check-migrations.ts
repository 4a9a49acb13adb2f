import type { Sql } from "@bennu/repo"
import type { Migration } from "./migration.ts"
import { status } from "./status.ts"

/** Something about migrations that a person should look at before they run. */
export interface MigrationFinding {
  readonly migration: string
  /**
   * `edited` after it was applied. `missing`: applied, its file is gone. `outOfOrder`: not applied, though a newer one
   * is, unless it waits for the end of a deployment. `partial`: failed on its way.
   */
  readonly problem: "edited" | "missing" | "outOfOrder" | "partial"
  readonly message: string
  /** Its file and line; null for one that is `missing`, and where it was not read from a file. */
  readonly place: string | null
}

/**
 * What continuous integration asks before a deployment: whether files and database tell the same story. Pending
 * migrations in their order are none of its business. Changes nothing.
 * @example if ((await checkMigrations(repo.sql, migrations)).length > 0) process.exit(1)
 */
export async function checkMigrations(
  sql: Pick<Sql, "query">,
  migrations: readonly Migration[],
): Promise<MigrationFinding[]> {
  const states = await status(sql, migrations)
  const newest = states.findLastIndex(({ appliedAt }) => appliedAt !== null)
  const later = new Set(migrations.filter(({ phase }) => phase === "post").map(({ id }) => id))
  return states.flatMap(({ id, state, place }, index) => {
    const isLate = state === "pending" && index < newest && !later.has(id)
    const problem = isLate ? "outOfOrder" : state
    if (problem === "applied" || problem === "pending") return []
    const message = `${id} ${messages[problem](states[newest]?.id)}`
    return [{ migration: id, problem, message, place }]
  })
}

const messages = {
  edited: () => "was edited after it had been applied: restore it, write a new one",
  missing: () => "was applied, and its file is not there: restore it",
  outOfOrder: (newest = "") =>
    `comes before ${newest}, which was applied: databases get them in different orders, give it a newer version`,
  partial: () => "was begun and failed: correct the statement that failed and migrate again",
} satisfies Record<MigrationFinding["problem"], (newest?: string) => string>
