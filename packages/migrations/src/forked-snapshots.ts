import { readdir, readFile } from "node:fs/promises"
import { basename, join, resolve } from "node:path"
import { fileURLToPath } from "node:url"
import * as z from "zod"
import { MigrationFormatError } from "./errors.ts"

/** The snapshots of a folder of generated migrations, the oldest first. */
export async function snapshotsIn(folder: string | URL): Promise<string[]> {
  const path = resolve(folder instanceof URL ? fileURLToPath(folder) : folder)
  const names = (await readdir(path)).filter((name) => /^\d+_.*\.snapshot\.json$/.test(name))
  return names.sort().map((name) => join(path, name))
}

/**
 * Generated migrations that two branches made side by side: the newest snapshot knows nothing of what the others' made, so
 * that what is generated next would make it again. `writeBaseline` brings them together.
 * @returns Their names, the oldest first; nothing, where each snapshot follows the one before.
 * @throws {MigrationFormatError} for a snapshot that is none, such as one that a merge left in conflict.
 */
export async function forkedSnapshots(folder: string | URL): Promise<string[]> {
  const all = await Promise.all((await snapshotsIn(folder)).map(read))
  const left = new Map(all.map((snapshot) => [snapshot.id, snapshot]))
  let at = all.at(-1)
  while (at !== undefined) {
    const { prevId } = at
    const beside = all.filter((other) => other.prevId === prevId)
    if (beside.length > 1) return beside.map(({ migration }) => migration)
    left.delete(at.id)
    at = left.get(prevId)
  }
  return []
}

const Snapshot = z.object({ id: z.string(), prevId: z.string() })

async function read(file: string) {
  const migration = basename(file, ".snapshot.json")
  try {
    return { ...Snapshot.parse(JSON.parse(await readFile(file, "utf8"))), migration }
  } catch (cause) {
    const hint = `Restore ${file} from version control, as it was on one side of a merge.`
    throw new MigrationFormatError(migration, "its snapshot is none", hint, { cause })
  }
}
