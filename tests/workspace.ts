import { globSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

export interface Manifest {
  readonly name: string
  readonly exports?: Exports
  readonly publishConfig?: { readonly exports?: Exports }
  readonly dependencies?: Record<string, string>
  readonly peerDependencies?: Record<string, string>
  readonly devDependencies?: Record<string, string>
}
export type Exports = Record<string, string | Record<string, string>>

export const root = fileURLToPath(new URL("..", import.meta.url))
const folder = join(root, "packages")

/** The manifests of packages/, by the packages' folder names. */
export const manifests: ReadonlyMap<string, Manifest> = new Map(
  readdirSync(folder).map((name) => [
    name,
    JSON.parse(readFileSync(join(folder, name, "package.json"), "utf8")) as Manifest,
  ]),
)

/** The text of each source file of a package, by its path below the package. */
export function sources(name: string): ReadonlyMap<string, string> {
  const cwd = join(folder, name)
  return new Map(
    globSync("src/**/*.ts", { cwd }).map((path) => [path, readFileSync(join(cwd, path), "utf8")]),
  )
}
