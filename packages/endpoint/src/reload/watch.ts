import { type FSWatcher, watch as watchFiles } from "node:fs"
import { join, matchesGlob, resolve } from "node:path"

/** Calls `changed` with each file that changes and that one of the patterns matches, until disposed. */
export function watch(globs: readonly string[], changed: (file: string) => void): Disposable {
  const watchers = new Map<string, FSWatcher>()
  const absolute = globs.map((glob) => resolve(glob))
  for (const folder of new Set(globs.map(folderOf))) {
    const watcher = watchFiles(folder, { recursive: true }, (_, name) => {
      if (name === null) return
      const file = join(folder, name)
      if (absolute.some((glob) => matchesGlob(file, glob))) changed(file)
    })
    // a folder that goes away takes nothing along
    watcher.on("error", () => watcher.close())
    watchers.set(folder, watcher)
  }
  return {
    [Symbol.dispose]() {
      for (const watcher of watchers.values()) watcher.close()
    },
  }
}

/** The folder that holds all that a pattern can match. */
function folderOf(glob: string): string {
  const parts = glob.split("/")
  const first = parts.findIndex((part) => /[*?{[]/.test(part))
  return resolve(
    parts.slice(0, first === -1 ? -1 : first).join("/") || (glob.startsWith("/") ? "/" : "."),
  )
}
