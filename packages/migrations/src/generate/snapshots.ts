import { readFile, writeFile } from "node:fs/promises"
import { join, resolve } from "node:path"
import { fileURLToPath } from "node:url"
import { snapshotsIn } from "../forked-snapshots.ts"
import type { Snapshot } from "./generate-migration.ts"

export const pathOf = (folder: string | URL): string =>
  resolve(folder instanceof URL ? fileURLToPath(folder) : folder)

/** What the tables were after the last migration of a folder that has a snapshot. */
export async function lastSnapshot(path: string): Promise<Snapshot | undefined> {
  const last = (await snapshotsIn(path)).at(-1)
  if (last === undefined) return undefined
  // written by the function below only, and drizzle-kit reads what it wrote
  return JSON.parse(await readFile(last, "utf8")) as Snapshot
}

/** @returns The file's path. */
export async function writeSnapshot(path: string, id: string, snapshot: Snapshot): Promise<string> {
  const file = join(path, `${id}.snapshot.json`)
  await writeFile(file, `${JSON.stringify(snapshot, null, 2)}\n`)
  return file
}
