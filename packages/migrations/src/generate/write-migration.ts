import { writeFile } from "node:fs/promises"
import { join } from "node:path"
import { forkedSnapshots } from "../forked-snapshots.ts"
import type { MigrationSql } from "../migrate.ts"
import { type Migration, sqlMigration } from "../migration.ts"
import { migrationsIn } from "../migrations-in.ts"
import { compareMade, proveMigrations } from "../scratch.ts"
import { GenerateError } from "./errors.ts"
import { type GenerateOptions, generateMigration } from "./generate-migration.ts"
import { lastSnapshot, pathOf, writeSnapshot } from "./snapshots.ts"

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
 * @throws {GenerateError} for what may be a rename; with `prove`, for a way back that does not lead back; and where
 * no snapshot tells what migrations make, which were written by hand or on two branches: `writeBaseline` does.
 */
export async function writeMigration(
  folder: string | URL,
  name: string,
  exports: Readonly<Record<string, unknown>>,
  { casing, prove, now = Date.now }: WriteOptions = {},
): Promise<string | null> {
  const path = pathOf(folder)
  const migrations = await migrationsIn(path)
  refuseForked(await forkedSnapshots(path))
  const previous = await lastSnapshot(path)
  if (previous === undefined) await refuseUnknown(migrations, prove)
  const generated = await generateMigration(exports, { casing, previous })
  if (generated.up.length === 0) return null
  const version = new Date(now()).toISOString().replaceAll(/\D/g, "").slice(0, 14)
  const id = `${version}_${name}`
  const lost = generated.lossy.map((text) => `-- loses rows: ${text.replaceAll(/\s+/g, " ")}\n`)
  const text = `-- up\n${lost.join("")}${lines(generated.up)}\n-- down\n${lines(generated.down)}`
  const migration = sqlMigration(id, text)
  if (prove) {
    const found = await proveMigrations(prove, [...migrations, migration])
    const own = found.find((each) => each.migration === id)
    if (own)
      throw new GenerateError(`${id}: ${own.problem} makes something else`, {
        hint: own.difference.join("\n"),
      })
  }
  const file = join(path, `${id}.sql`)
  await writeFile(file, text, { flag: "wx" })
  await writeSnapshot(path, id, generated.snapshot)
  return file
}

const lines = (statements: readonly string[]): string =>
  statements.map((text) => `${text};\n`).join("")

/** Without a snapshot all tables would be generated: right only where those before make none, such as extensions. */
async function refuseUnknown(migrations: readonly Migration[], prove: MigrationSql | undefined) {
  if (migrations.length === 0) return
  const made = prove && (await compareMade(prove, migrations, []))
  if (made?.some((line) => /^. (table|view|enum|sequence) /.test(line)) === false) return
  throw new GenerateError("no snapshot tells what the migrations make that are there already", {
    hint: "Write it once: bennu migrate generate --baseline, or writeBaseline(folder, tables, { prove: repo.sql }).",
  })
}

function refuseForked(forked: readonly string[]): void {
  if (forked.length === 0) return
  throw new GenerateError(`${forked.join(" and ")} were generated side by side`, {
    hint: "No snapshot tells what they make together. Let the tables declare that, then: bennu migrate generate --baseline",
  })
}
