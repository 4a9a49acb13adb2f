import { join } from "node:path"
import type { LintRule } from "@bennu/migrations/lint"
import type { Problem } from "../contexts/problem.ts"
import { ConfigError } from "../errors.ts"
import type { LoadedConfig } from "../load-config.ts"
import { readMigrations } from "./open-database.ts"

export interface LintReport {
  readonly problems: readonly Problem<LintRule>[]
  readonly migrations: number
}

/**
 * What the migrations of an app do that would keep others waiting, fail on rows that are there, or break the app that
 * still runs. Needs no database.
 * @throws {ConfigError} when `libpg-query` is not installed.
 */
export async function lintDatabase(loaded: LoadedConfig): Promise<LintReport> {
  const { folder, migrations } = await readMigrations(loaded)
  const { lintMigrations } = await import("@bennu/migrations/lint").catch((cause: unknown) => {
    const hint = "npm install --save-dev libpg-query"
    throw new ConfigError(loaded.file, "libpg-query cannot be loaded", { cause, hint })
  })
  const files = new Map(migrations.map(({ id, file }) => [id, file]))
  const found = await lintMigrations(migrations)
  return {
    migrations: migrations.length,
    problems: found.map(({ migration, rule, line, column, message, rewrite }) => ({
      rule,
      file: files.get(migration) ?? join(folder, migration),
      line,
      column,
      message,
      hint: rewrite,
    })),
  }
}
