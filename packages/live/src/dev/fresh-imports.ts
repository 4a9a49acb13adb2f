import { registerHooks } from "node:module"
import { pathToFileURL } from "node:url"

/**
 * Loads modules again that have changed, for `hotReload`: the function that it gives loads a file and whatever it imports from the same
 * folder as if for the first time; packages stay as they are. For development: what was loaded before is not forgotten.
 * @param folder Where the app's own modules lie.
 * @example
 * const load = freshImports(join(import.meta.dirname, "."))
 * watch(folder, async () => hotReload(router, (await load("router.ts")).router))
 */
export function freshImports(folder: string): (file: string) => Promise<unknown> {
  const home = `${pathToFileURL(folder).href.replace(/\/$/, "")}/`
  let version = 0
  registerHooks({
    resolve(specifier, context, next) {
      const resolved = next(specifier, context)
      const own = resolved.url.startsWith(home) && !resolved.url.includes("/node_modules/")
      if (version === 0 || !own) return resolved
      const url = new URL(resolved.url)
      url.searchParams.set("fresh", String(version))
      return { ...resolved, url: url.href }
    },
  })
  return (file) => {
    version++
    return import(new URL(file, home).href)
  }
}
