import { existsSync, mkdirSync, statSync } from "node:fs"
import { dirname, resolve } from "node:path"
import { BennuError } from "./errors.ts"

/** A directory cannot be made: `cause` is what the system answered. */
export class DirectoryError extends BennuError {
  readonly code = "ERR_CORE_DIRECTORY"
  readonly path: string

  constructor(path: string, cause: unknown) {
    const said = cause instanceof Error ? cause.message : String(cause)
    super(`a directory cannot be made: ${said}`, {
      cause,
      hint: `Let this user write to ${dirname(path)}, or choose another place.`,
    })
    this.path = path
  }
}

/**
 * Makes a directory and those above it, where `mkdirSync(path, { recursive: true })` would hang: Node tries again for as
 * long as a file system answers ENOENT, and `/proc` answers that below directories which are there.
 * A directory that exists is left as it is.
 * @param mode Who may use the directories that are made (`0o777`, less the process's umask).
 * @throws {DirectoryError} for want of a right, or where a file is in the way.
 */
export function makeDirectory(path: string, mode = 0o777): void {
  const whole = resolve(path)
  const parent = dirname(whole)
  if (!existsSync(parent)) makeDirectory(parent, mode)
  try {
    mkdirSync(whole, mode)
  } catch (error) {
    if (!isDirectory(whole)) throw new DirectoryError(whole, error)
  }
}

const isDirectory = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
