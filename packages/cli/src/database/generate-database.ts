import { mkdir } from "node:fs/promises"
import { ConfigError } from "../errors.ts"
import type { LoadedConfig } from "../load-config.ts"
import { openDatabase } from "./open-database.ts"

/**
 * Writes the next migration of an app from what its tables have become, its way back proved in a scratch schema.
 * @returns The file's path; null when nothing changed.
 * @throws {ConfigError} when `drizzle-kit` is not installed, or no schemas, tables or folder are told.
 */
export async function generateDatabase(loaded: LoadedConfig, name: string): Promise<string | null> {
  await using database = await openDatabase(loaded)
  const { config, folder, repo } = database
  const { file } = loaded
  if (typeof (config.migrations ?? "") !== "string") {
    const hint = 'Name the folder: migrations: "migrations"'
    throw new ConfigError(file, "migrations that are read by a function have no folder", { hint })
  }
  const schemas = (await config.schemas?.()) ?? []
  const named = Object.fromEntries(schemas.map(({ name, table }) => [name, table]))
  const tables = { ...named, ...(await config.tables?.()) }
  if (Object.keys(tables).length === 0) {
    const hint = 'Add them: schemas, or tables: () => import("./src/tables.ts")'
    throw new ConfigError(file, `${file} tells of no tables`, { hint })
  }
  const { writeMigration } = await import("@bennu/migrations/generate").catch((cause: unknown) => {
    const hint = "npm install --save-dev drizzle-kit"
    throw new ConfigError(file, "drizzle-kit cannot be loaded", { cause, hint })
  })
  await mkdir(folder, { recursive: true })
  // the database is open until then
  return await writeMigration(folder, name, tables, { casing: config.casing, prove: repo.sql })
}
