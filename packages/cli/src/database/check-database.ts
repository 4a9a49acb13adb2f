import { join } from "node:path"
import type { MigrationFinding } from "@bennu/migrations"
import type { Problem } from "../contexts/problem.ts"
import type { LoadedConfig } from "../load-config.ts"
import { type OpenDatabase, openDatabase } from "./open-database.ts"
import { at } from "./place.ts"

/** What the check of a database may find. */
export type DatabaseRule =
  | "drift"
  | "edited-migration"
  | "failed-migration"
  | "forked-snapshot"
  | "missing-constraint"
  | "missing-migration"
  | "migration-out-of-order"
  | "partial-migration"
type Found = Problem<DatabaseRule>

/** What was found in a database, its migrations and the schemas of its app. */
export interface DatabaseReport {
  /** None, when all tell the same story. */
  readonly problems: readonly Found[]
  readonly migrations: number
  /** Migrations that are not applied yet, which is no problem. */
  readonly pending: number
}

/**
 * Checks that a database, its migrations and the schemas of its app tell the same story: no migration was edited after it
 * had been applied, none is gone, out of order or stuck half-way, nobody changed the structure by hand, and the migrations
 * make every constraint that schemas declare. Changes nothing; it needs the right to make schemas, as it tries the
 * migrations in one of its own.
 * @example const { problems } = await checkDatabase(await loadConfig("."))
 */
export async function checkDatabase(loaded: LoadedConfig): Promise<DatabaseReport> {
  await using database = await openDatabase(loaded)
  const { repo, migrations, tools } = database
  const states = await tools.status(repo.sql, migrations)
  const told = await tools.checkMigrations(repo.sql, migrations)
  const files = told.map((finding) => fileProblem(finding, database))
  // what an edited file would make is no measure of what somebody did by hand
  const comparable = told.every(({ problem }) => problem === "outOfOrder")
  const applied = new Set(states.filter(({ appliedAt }) => appliedAt !== null).map(({ id }) => id))
  const tried = await constraintProblems(database, loaded.file)
  const drifted =
    comparable && applied.size > 0 && !tried.some(({ rule }) => rule === "failed-migration")
      ? await tools.driftOf(
          repo.sql,
          migrations.filter(({ id }) => applied.has(id)),
        )
      : []
  const drift = drifted.map(({ difference, place }): Found => {
    const [sign, what] = [difference.slice(0, 1), difference.slice(2)]
    return {
      rule: "drift",
      ...at(place ?? loaded.file),
      message:
        sign === "-"
          ? `the database has not: ${what}`
          : `no migration makes what is there: ${what}`,
      hint: "Somebody changed it by hand: take that back, or write a migration that does the same everywhere else.",
    }
  })
  return {
    problems: [...files, ...(await forkProblems(database)), ...drift, ...tried],
    migrations: migrations.length,
    pending: states.filter(({ state }) => state === "pending").length,
  }
}

const rules = {
  edited: ["edited-migration", "Restore it, and write the change as a new migration."],
  missing: [
    "missing-migration",
    "Restore it from version control; an older version of an app must not be deployed over a newer database.",
  ],
  outOfOrder: ["migration-out-of-order", "Rename it, so that it comes last."],
  partial: ["partial-migration", "Run bennu migrate; if it fails, correct what fails."],
} satisfies Record<MigrationFinding["problem"], readonly [DatabaseRule, string]>

function fileProblem(
  { migration, problem, message, place }: MigrationFinding,
  { folder }: Pick<OpenDatabase, "folder">,
): Found {
  const [rule, hint] = rules[problem]
  return { rule, ...at(place ?? join(folder, `${migration}.sql`)), message, hint }
}

/** Migrations that were generated on two branches: neither snapshot knows what the other's migration makes. */
async function forkProblems({ folder, tools }: OpenDatabase): Promise<Found[]> {
  const forked = await tools.forkedSnapshots(folder)
  const newest = forked.at(-1)
  if (newest === undefined) return []
  return [
    {
      rule: "forked-snapshot",
      ...at(join(folder, `${newest}.snapshot.json`)),
      message: `it was generated beside ${forked.slice(0, -1).join(" and ")}, and knows nothing of what that makes`,
      hint: "Let the tables declare what both make, then: bennu migrate generate --baseline",
    },
  ]
}

/** Tries all migrations, in a schema of their own, and compares what they make with what schemas declare. */
async function constraintProblems(
  { repo, migrations, tools, config }: OpenDatabase,
  file: string,
): Promise<Found[]> {
  const schemas = (await config.schemas?.()) ?? []
  try {
    await tools.proveConstraints(repo.sql, migrations, schemas)
    return []
  } catch (error) {
    if (error instanceof tools.MissingConstraintsError)
      return error.missing.map(({ constraint, table, declaredAt, sql }) => ({
        rule: "missing-constraint",
        ...at(declaredAt ?? file),
        message: `no migration makes ${constraint} of ${table}`,
        hint: `Write a migration, or take it off the table:\n${sql}`,
      }))
    if (!(error instanceof tools.MigrationError)) throw error
    const { migration, hint = "", place, cause } = error
    const where = place?.file ? `${place.file}:${place.line}:${place.column}` : file
    const [reason = ""] = (cause instanceof Error ? cause.message : String(cause)).split("\n")
    const message = `${migration} fails in an empty schema: ${reason}`
    return [{ rule: "failed-migration", ...at(where), message, hint }]
  }
}
