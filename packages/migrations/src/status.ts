import type { Sql } from "@bennu/repo"
import { type Entry, readLedger } from "./ledger.ts"
import { isEdited, key } from "./migrate.ts"
import { compareVersions, type Migration, ordered, placeOf } from "./migration.ts"

export interface MigrationStatus {
  readonly id: string
  /**
   * `edited`: its text is another than the one applied. `partial`: outside of a transaction, and failed on its way. `missing`: applied, and
   * its file is not there, as when an older version of the app looks at the database of a newer one.
   */
  readonly state: "applied" | "pending" | "edited" | "partial" | "missing"
  readonly appliedAt: Date | null
  /** Milliseconds that it took; null where the ledger does not know. */
  readonly duration: number | null
  /** Who applied it, or began to: `"deploy@web-1"`. */
  readonly by: string | null
  /** The version of the app that they had. */
  readonly appVersion: string | null
  /** Its file and line, where it was read from a file. */
  readonly place: string | null
}

/** What was applied to the database and what was not, oldest first. Changes nothing. */
export async function status(
  sql: Pick<Sql, "query">,
  migrations: readonly Migration[],
): Promise<MigrationStatus[]> {
  const ledger = await readLedger(sql)
  const known = new Map(ordered(migrations).map((migration) => [key(migration), migration]))
  return [...new Set([...known.keys(), ...ledger.keys()])]
    .toSorted(compareVersions)
    .map((version) => {
      const [migration, entry] = [known.get(version), ledger.get(version)]
      return {
        id: migration?.id ?? entry?.id ?? version,
        state: stateOf(migration, entry),
        appliedAt: entry?.appliedAt ?? null,
        duration: entry?.duration ?? null,
        by: entry?.by ?? null,
        appVersion: entry?.appVersion ?? null,
        place: migration === undefined ? null : placeOf(migration),
      }
    })
}

function stateOf(
  migration: Migration | undefined,
  entry: Entry | undefined,
): MigrationStatus["state"] {
  if (migration === undefined) return "missing"
  if (entry === undefined) return "pending"
  if (entry.appliedAt === null) return "partial"
  return isEdited(migration, entry) ? "edited" : "applied"
}
