import { existsSync, mkdirSync, statSync } from "node:fs"
import { dirname, resolve } from "node:path"

/**
 * Makes a directory and those above it, where `mkdirSync(path, { recursive: true })` would hang: Node tries again for as
 * long as a file system answers ENOENT, and `/proc` answers that below directories which are there.
 * A directory that exists is left as it is.
 * @param mode Who may use the directories that are made (`0o777`, less the process's umask).
 * @throws What the system answers: EACCES, EPERM, EROFS, ENOENT, ENOTDIR, or EEXIST where a file has the name.
 */
export function makeDirectory(path: string, mode = 0o777): void {
  const parent = dirname(resolve(path))
  if (!existsSync(parent)) makeDirectory(parent, mode)
  try {
    mkdirSync(path, mode)
  } catch (error) {
    if (!isDirectory(path)) throw error
  }
}

const isDirectory = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
