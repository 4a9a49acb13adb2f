import { readFileSync } from "node:fs"
import { findPackageJSON } from "node:module"

/** The version of the installed client, which it compares with its own when it has joined. */
export function clientVersion(): string {
  const file = findPackageJSON("phoenix_live_view", import.meta.url)
  if (file === undefined) throw new Error("the package phoenix_live_view is not installed")
  const manifest: unknown = JSON.parse(readFileSync(file, "utf8"))
  if (typeof manifest === "object" && manifest !== null && "version" in manifest) {
    return String(manifest.version)
  }
  throw new Error(`${file} says no version`)
}
