import { readdir, readFile, writeFile } from "node:fs/promises"
import { join, resolve } from "node:path"
import { fileURLToPath } from "node:url"
import type { MigrationSql } from "../migrate.ts"
import { sqlMigration } from "../migration.ts"
import { migrationsIn } from "../migrations-in.ts"
import { proveMigrations } from "../scratch.ts"
import { GenerateError } from "./errors.ts"
import { type GenerateOptions, generateMigration, type Snapshot } from "./generate-migration.ts"

export interface WriteOptions extends Pick<GenerateOptions, "casing"> {
  /** A database for development, to prove the way back on before anything is written. */
  readonly prove?: MigrationSql | undefined
  /** What time it is, for the version (`Date.now`). */
  readonly now?: (() => number) | undefined
}

/**
 * Writes the next migration of a folder, `<time>_<name>.sql` with its way back, and beside it the snapshot that the one
 * after it starts from.
 * @param exports What Drizzle declares: `import * as tables from "./tables.ts"`.
 * @returns The file's path; null when nothing changed.
 * @throws {GenerateError} for what may be a rename, and, with `prove`, a way back that does not lead back.
 */
export async function writeMigration(
  folder: string | URL,
  name: string,
  exports: Readonly<Record<string, unknown>>,
  { casing, prove, now = Date.now }: WriteOptions = {},
): Promise<string | null> {
  const path = resolve(folder instanceof URL ? fileURLToPath(folder) : folder)
  const generated = await generateMigration(exports, { casing, previous: await lastOf(path) })
  if (generated.up.length === 0) return null
  const version = new Date(now()).toISOString().replaceAll(/\D/g, "").slice(0, 14)
  const id = `${version}_${name}`
  const lost = generated.lossy.map((text) => `-- loses rows: ${text.replaceAll(/\s+/g, " ")}\n`)
  const text = `-- up\n${lost.join("")}${lines(generated.up)}\n-- down\n${lines(generated.down)}`
  const migration = sqlMigration(id, text)
  if (prove) {
    const found = await proveMigrations(prove, [...(await migrationsIn(path)), migration])
    const own = found.find((each) => each.migration === id)
    if (own)
      throw new GenerateError(`${id}: ${own.problem} makes something else`, {
        hint: own.difference.join("\n"),
      })
  }
  const file = join(path, `${id}.sql`)
  await writeFile(file, text, { flag: "wx" })
  await writeFile(
    join(path, `${id}.snapshot.json`),
    `${JSON.stringify(generated.snapshot, null, 2)}\n`,
  )
  return file
}

const lines = (statements: readonly string[]): string =>
  statements.map((text) => `${text};\n`).join("")

async function lastOf(path: string): Promise<Snapshot | undefined> {
  const names = (await readdir(path)).filter((name) => /^\d+_.*\.snapshot\.json$/.test(name))
  const last = names.sort().at(-1)
  if (last === undefined) return undefined
  // written by this function only, and drizzle-kit reads what it wrote
  return JSON.parse(await readFile(join(path, last), "utf8")) as Snapshot
}
