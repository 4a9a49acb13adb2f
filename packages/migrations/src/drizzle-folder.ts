import { readdir, readFile } from "node:fs/promises"
import { join, resolve } from "node:path"
import { fileURLToPath } from "node:url"
import * as z from "zod"
import { MigrationFormatError } from "./errors.ts"
import { type Migration, migration, ordered } from "./migration.ts"

/**
 * The migrations of a folder that drizzle-kit wrote, in both of its layouts: `meta/_journal.json` beside `0000_name.sql`
 * (0.x), or a folder each, `20251122101010_name/migration.sql` (1.0). They have no way back.
 * @throws {MigrationFormatError} where neither is there, or a file of the journal is missing.
 */
export async function drizzleMigrationsIn(folder: string | URL): Promise<Migration[]> {
  const path = resolve(folder instanceof URL ? fileURLToPath(folder) : folder)
  const journal = await readFile(join(path, "meta/_journal.json"), "utf8").catch(() => undefined)
  const files =
    journal === undefined
      ? await foldersOf(path)
      : entriesOf(path, Journal.parse(JSON.parse(journal)))
  return ordered(
    await Promise.all(
      files.map(async ({ id, file }) => {
        const text = await readFile(file, "utf8").catch((error: unknown) => {
          const hint = "The journal names it: restore the file, or take it off the journal."
          throw new MigrationFormatError(id, `${file} cannot be read`, hint, { cause: error })
        })
        // it is a comment to PostgreSQL; the statement before it need not end in a semicolon
        return migration(id, { up: text.replaceAll("--> statement-breakpoint", ";") })
      }),
    ),
  )
}

const Journal = z.object({
  entries: z.array(z.object({ idx: z.int().nonnegative(), tag: z.string() })),
})

const entriesOf = (path: string, { entries }: z.output<typeof Journal>) =>
  entries.map(({ idx, tag }) => ({
    id: idOf(/^\d/.test(tag) ? tag : `${idx}_${tag}`),
    file: join(path, `${tag}.sql`),
  }))

async function foldersOf(path: string) {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => [])
  const names = entries
    .filter((entry) => entry.isDirectory() && /^\d+_/.test(entry.name))
    .map(({ name }) => name)
  if (names.length === 0)
    throw new MigrationFormatError(
      path,
      "is no folder of drizzle-kit's",
      "Pass its `out`, which has meta/_journal.json or a folder for each migration.",
    )
  return names.map((name) => ({ id: idOf(name), file: join(path, name, "migration.sql") }))
}

const idOf = (name: string): string => name.replaceAll(/\W/g, "_")
