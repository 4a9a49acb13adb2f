import { mkdir } from "node:fs/promises"
import type { Baseline } from "@bennu/migrations/generate"
import { ConfigError } from "../errors.ts"
import type { LoadedConfig } from "../load-config.ts"
import { type OpenDatabase, openDatabase } from "./open-database.ts"

/**
 * Writes the next migration of an app from what its tables have become, its way back proved in a scratch schema.
 * @returns The file's path; null when nothing changed.
 * @throws {ConfigError} when `drizzle-kit` is not installed, or no schemas, tables or folder are told.
 */
export async function generateDatabase(loaded: LoadedConfig, name: string): Promise<string | null> {
  await using database = await openDatabase(loaded)
  const { folder, tables, writeMigration } = await generator(database, loaded)
  await mkdir(folder, { recursive: true })
  // the database is open until then
  return await writeMigration(folder, name, tables, optionsOf(database))
}

/**
 * Writes the snapshot that `generateDatabase` goes on from, after migrations that were written by hand, if those make what
 * the tables declare.
 * @throws {ConfigError} as `generateDatabase` does.
 */
export async function baselineDatabase(loaded: LoadedConfig): Promise<Baseline> {
  await using database = await openDatabase(loaded)
  const { folder, tables, writeBaseline } = await generator(database, loaded)
  return await writeBaseline(folder, tables, optionsOf(database))
}

const optionsOf = ({ config, repo }: OpenDatabase) => ({ casing: config.casing, prove: repo.sql })

/** What generates, and what it generates from. */
async function generator({ config, folder }: OpenDatabase, { file }: LoadedConfig) {
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
  const tools = await import("@bennu/migrations/generate").catch((cause: unknown) => {
    const hint = "npm install --save-dev drizzle-kit"
    throw new ConfigError(file, "drizzle-kit cannot be loaded", { cause, hint })
  })
  return { folder, tables, ...tools }
}
