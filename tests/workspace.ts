import { readdirSync, readFileSync } from "node:fs"

export interface Manifest {
  readonly name: string
  readonly exports?: Exports
  readonly publishConfig?: { readonly exports?: Exports }
  readonly dependencies?: Record<string, string>
  readonly peerDependencies?: Record<string, string>
  readonly devDependencies?: Record<string, string>
}
export type Exports = Record<string, string | Record<string, string>>

const folder = new URL("../packages/", import.meta.url)

/** The manifests of packages/, by the packages' folder names. */
export const manifests: ReadonlyMap<string, Manifest> = new Map(
  readdirSync(folder).map((name) => [
    name,
    JSON.parse(readFileSync(new URL(`${name}/package.json`, folder), "utf8")) as Manifest,
  ]),
)
