import { readdir, readFile } from "node:fs/promises"
import { basename, extname, join, resolve } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"
import * as z from "zod"
import { MigrationFormatError } from "./errors.ts"
import { type CodeStep, type Migration, migration, ordered, sqlMigration } from "./migration.ts"

/**
 * The migrations of a folder: `20261122000000_create_articles.sql`, and modules (`.ts`, `.js`) that export `up`, and
 * `down`, `transaction` and `phase` if need be. Other files, tests and declarations are left alone.
 * @param folder A path, or a URL: `new URL("../migrations/", import.meta.url)`.
 * @throws {MigrationFormatError} for a file that is no migration though its name says so.
 */
export async function migrationsIn(folder: string | URL): Promise<Migration[]> {
  const path = resolve(folder instanceof URL ? fileURLToPath(folder) : folder)
  const names = await readdir(path).catch((error: unknown) => {
    const hint =
      "Pass the folder that has the migrations; an app that is moved may need import.meta.url."
    throw new MigrationFormatError(path, "cannot be read", hint, { cause: error })
  })
  const files = names.filter((name) => /^\d.*\.(sql|ts|js|mjs)$/.test(name) && !isOther(name))
  return ordered(await Promise.all(files.map((name) => read(join(path, name)))))
}

const isOther = (name: string): boolean => name.endsWith(".d.ts") || name.includes(".test.")

async function read(file: string): Promise<Migration> {
  const id = basename(file, extname(file))
  if (file.endsWith(".sql")) return { ...sqlMigration(id, await readFile(file, "utf8")), file }
  const module: unknown = await import(pathToFileURL(file).href)
  const steps = Module.safeParse(module)
  if (steps.success) return { ...migration(id, steps.data), file }
  throw new MigrationFormatError(
    id,
    "its module exports no `up`",
    "Write: export async function up(sql: Sql) { await sql.query(…) }",
  )
}

const code = z.union([
  z.string(),
  z.array(z.string()),
  z.custom<CodeStep>((value) => typeof value === "function"),
])
const Module = z.object({
  up: code,
  down: code.optional(),
  transaction: z.boolean().optional(),
  phase: z.enum(["pre", "post"]).optional(),
})
