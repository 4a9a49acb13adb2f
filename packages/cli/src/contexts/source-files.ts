import { readdirSync, statSync } from "node:fs"
import { basename, join } from "node:path"

const SOURCE = /(?<!\.d)\.[cm]?[jt]sx?$/
const TEST = /\.(?:test|test-d|spec|stories|bench)\.[cm]?[jt]sx?$/
/** Folders whose files are nobody's sources. */
const SKIPPED: ReadonlySet<string> = new Set(["node_modules", "dist", "__tests__", "__mocks__"])

/** Every source below these files and folders, but for tests, stories, declarations, and what is hidden or installed. */
export function sourceFiles(paths: Iterable<string>, excluded: ReadonlySet<string>): string[] {
  const found = new Set<string>()
  const add = (path: string) => {
    if (SOURCE.test(path) && !TEST.test(path)) found.add(path)
  }
  const walk = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name)
      if (excluded.has(path)) continue
      if (entry.isFile()) add(path)
      else if (entry.isDirectory() && !entry.name.startsWith(".") && !SKIPPED.has(entry.name))
        walk(path)
    }
  }
  for (const path of paths) {
    const stat = statSync(path, { throwIfNoEntry: false })
    if (stat?.isDirectory() && !SKIPPED.has(basename(path))) walk(path)
    else if (stat?.isFile()) add(path)
  }
  return [...found].sort()
}
