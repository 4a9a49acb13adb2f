import { getTableConfig, type PgTable } from "drizzle-orm/pg-core"
import { SeedError } from "./errors.ts"
import type { Seed } from "./seed.ts"

/**
 * Seeds in an order in which every row finds those that it refers to; those that know their schema go behind the ones
 * of the tables that its foreign keys name, all others stay where they are.
 * @throws {SeedError} where tables refer to each other.
 */
export function inOrder(seeds: readonly Seed[]): Seed[] {
  const ordered = new Set<Seed>()
  const visit = (seed: Seed, path: readonly Seed[]): void => {
    if (ordered.has(seed)) return
    if (path.includes(seed))
      throw new SeedError(seed.name, "its rows and those of another seed refer to each other", {
        hint: "Write one of them without that column, and set it by a seed with `run`.",
      })
    const needed = seed.schema ? referredBy(seed.schema.table) : new Set<PgTable>()
    for (const other of seeds)
      if (other !== seed && other.schema && needed.has(other.schema.table))
        visit(other, [...path, seed])
    ordered.add(seed)
  }
  for (const seed of seeds) visit(seed, [])
  return [...ordered]
}

/** A table that refers to itself needs no other. */
const referredBy = (table: PgTable): Set<PgTable> =>
  new Set(
    getTableConfig(table)
      .foreignKeys.map((key) => key.reference().foreignTable)
      .filter((other) => other !== table),
  )
