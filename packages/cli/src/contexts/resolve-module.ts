import { dirname, extname, resolve } from "node:path"
import { ResolverFactory } from "oxc-resolver"

/** Finds the file that a specifier leads to from another file: the whole path, or null where it leads out of the app. */
export type ResolveModule = (specifier: string, from: string) => string | null

const ENDINGS = [".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs"]

/**
 * Resolves as TypeScript and Node.js do, with the `paths` of the tsconfig.json and the `imports` of the package.json
 * around each file.
 * @param files Those that are checked: what is written out among them is found without looking at the disk.
 */
export function moduleResolver(files: ReadonlySet<string>): ResolveModule {
  const resolver = new ResolverFactory({
    extensions: ENDINGS,
    extensionAlias: {
      ".js": [".ts", ".tsx", ".js", ".jsx"],
      ".mjs": [".mts", ".mjs"],
      ".cjs": [".cts", ".cjs"],
    },
    conditionNames: ["node", "import", "require", "default"],
    tsconfig: "auto",
  })
  const known = new Map<string, string | null>()
  return (specifier, from) => {
    const folder = dirname(from)
    const plain = specifier.replace(/[?].*$/, "")
    const relative = plain.startsWith(".")
    const written = relative ? resolve(folder, plain) : null
    if (written !== null && files.has(written)) return written
    if (written !== null && extname(written) !== "" && !ENDINGS.includes(extname(written)))
      return null
    const key = relative || plain.startsWith("#") ? `${folder}\n${plain}` : plain
    const before = known.get(key)
    if (before !== undefined) return before
    // where nothing is there (yet), the folder tells whose it would be
    const found = resolver.resolveFileSync(from, plain).path ?? written
    known.set(key, found)
    return found
  }
}
