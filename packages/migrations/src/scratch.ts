import { randomUUID } from "node:crypto"
import type { Sql } from "@bennu/repo"
import { checkConstraints } from "./check-constraints.ts"
import { placeOfDrift } from "./drift-place.ts"
import { type MigrationSql, migrate, rollback } from "./migrate.ts"
import { type Migration, ordered } from "./migration.ts"
import { differenceOf, structureOf } from "./structure.ts"

/** What `proveMigrations` holds against one. */
export interface ProofFinding {
  readonly migration: string
  /** `irreversible`: it has no way back. `down`: something is left or lost after it. `upAgain`: the second time makes something else. */
  readonly problem: "irreversible" | "down" | "upAgain"
  /** Lines of structure: `- ` is gone, `+ ` is left over. */
  readonly difference: readonly string[]
}

/**
 * Whether ways back lead back: applies each migration in a scratch schema, takes it back, and applies it again, and
 * compares the structure each time. What migrations name by schema (`public.users`) is not in the scratch schema, and
 * extensions have to be installed already.
 * @param sql Of a database for development or tests.
 * @returns Nothing, when all is proved.
 */
export const proveMigrations = (
  sql: MigrationSql,
  migrations: readonly Migration[],
): Promise<ProofFinding[]> =>
  inScratch(sql, async (scratch, connection) => {
    const found: ProofFinding[] = []
    const all = ordered(migrations)
    for (const [index, migration] of all.entries()) {
      const upTo = all.slice(0, index + 1)
      const before = await structureOf(connection)
      await migrate(scratch, upTo)
      if (migration.down === undefined) {
        found.push({ migration: migration.id, problem: "irreversible", difference: [] })
        continue
      }
      const after = await structureOf(connection)
      const compare = async (problem: "down" | "upAgain", expected: readonly string[]) => {
        const difference = differenceOf(expected, await structureOf(connection))
        if (difference.length > 0) found.push({ migration: migration.id, problem, difference })
      }
      await rollback(scratch, upTo)
      await compare("down", before)
      await migrate(scratch, upTo)
      await compare("upAgain", after)
    }
    return found
  })

/** Something that the database has and its migrations do not make, or the other way round. */
export interface Drift {
  /** A line of structure: `- ` is missing in the database, `+ ` is in no migration. */
  readonly difference: string
  /** The file and line of the migration that says most of it, where they were read from files. */
  readonly place: string | null
}

/**
 * Whether a database is what its migrations make, or somebody changed it by hand: compares it with a scratch schema
 * beside it that all of them were applied to.
 * @param migrations Those that were applied, as `status` tells.
 * @returns Nothing, without drift.
 */
export const driftOf = (sql: MigrationSql, migrations: readonly Migration[]): Promise<Drift[]> =>
  inScratch(sql, async (scratch, connection, is) => {
    await migrate(scratch, migrations)
    const differences = differenceOf(await structureOf(connection), is)
    return differences.map((difference) => ({
      difference,
      place: placeOfDrift(difference, migrations),
    }))
  })

/**
 * Whether migrations make every constraint that the schemas declare, those that are not applied yet included: what
 * `checkConstraints` asks of a database at boot, asked before a deployment, of a scratch schema.
 * @throws {MissingConstraintsError} as `checkConstraints` does.
 */
export const proveConstraints = (
  sql: MigrationSql,
  migrations: readonly Migration[],
  schemas: Parameters<typeof checkConstraints>[1],
): Promise<void> =>
  inScratch(sql, async (scratch, connection) => {
    await migrate(scratch, migrations)
    await checkConstraints(connection, schemas)
  })

/**
 * What migrations make beside what statements make, each from nothing.
 * @returns Lines of structure: `- ` only the statements make, `+ ` only the migrations.
 */
export const compareMade = (
  sql: MigrationSql,
  migrations: readonly Migration[],
  statements: readonly string[],
): Promise<string[]> =>
  inScratch(sql, async (scratch, connection) => {
    const declared = await structureAfter(connection, statements)
    await migrate(scratch, migrations)
    return differenceOf(declared, await structureOf(connection))
  })

/** What statements make; taken back at once, as they may make schemas beside the scratch schema. */
async function structureAfter(connection: Sql, statements: readonly string[]): Promise<string[]> {
  await connection.query("begin")
  try {
    for (const statement of statements) await connection.query(statement)
    return await structureOf(connection)
  } finally {
    await connection.query("rollback")
  }
}

/** Runs `work` where everything is made in a schema of its own, which is gone afterwards. */
const inScratch = <T>(
  sql: MigrationSql,
  work: (scratch: MigrationSql, connection: Sql, before: string[]) => Promise<T>,
): Promise<T> =>
  sql.session(async (connection) => {
    const name = `bennu_scratch_${randomUUID().replaceAll("-", "")}`
    const is = await structureOf(connection)
    await connection.query(`create schema ${name}`)
    try {
      await connection.query(`set search_path to ${name}`)
      return await work({ session: (run) => run(connection) }, connection, is)
    } finally {
      await connection.query("set client_min_messages to warning")
      await connection.query(`drop schema if exists ${name} cascade`)
      await connection.query("reset client_min_messages")
      await connection.query("reset search_path")
    }
  })
