import { existsSync } from "node:fs"
import { dirname, join, resolve } from "node:path"
import { pathToFileURL } from "node:url"
import { parseOptions } from "@bennu/core"
import * as z from "zod"
import type { BennuConfig, DatabaseConfig } from "./config.ts"
import { ConfigError } from "./errors.ts"

/** A configuration with the file that it comes from. */
export interface LoadedConfig {
  readonly file: string
  /** The folder from which its paths are meant. */
  readonly root: string
  readonly config: BennuConfig
}

const NAMES = ["bennu.config.ts", "bennu.config.mts", "bennu.config.js", "bennu.config.mjs"]

const names = z.array(z.string().min(1)).readonly().optional()
const oneOrMore = z.union([z.string().min(1), z.array(z.string().min(1)).min(1).readonly()])
const context = z.strictObject({
  path: oneOrMore,
  face: oneOrMore.optional(),
  uses: names,
  tables: names,
  shares: names,
})
const boundaries = z.strictObject({
  sources: names,
  exclude: names,
  shared: names,
  sharedTables: names,
  typeImports: z.enum(["free", "declared"]).optional(),
  graph: z.string().min(1).optional(),
})
const given = <T>() => z.custom<T>((value) => typeof value === "function", "is no function")
const database = z.strictObject({
  repo: given<DatabaseConfig["repo"]>(),
  migrations: z
    .union([z.string().min(1), given<Exclude<NonNullable<DatabaseConfig["migrations"]>, string>>()])
    .optional(),
  schemas: given<NonNullable<DatabaseConfig["schemas"]>>().optional(),
  tables: given<NonNullable<DatabaseConfig["tables"]>>().optional(),
  casing: z.enum(["snake_case", "camelCase"]).optional(),
  seeds: given<NonNullable<DatabaseConfig["seeds"]>>().optional(),
})
const schema = z.strictObject({
  contexts: z.record(z.string(), context).optional(),
  boundaries: boundaries.optional(),
  database: database.optional(),
  router: given<NonNullable<BennuConfig["router"]>>().optional(),
}) satisfies z.ZodType<BennuConfig>

/**
 * Reads the configuration of the app around a folder.
 * @param cwd Where to look for it, and then in the folders above.
 * @param named The file itself, from `cwd`.
 * @throws {ConfigError} when there is none, or it does not run.
 * @throws {OptionsError} when it says what no configuration can.
 */
export async function loadConfig(cwd: string, named?: string | undefined): Promise<LoadedConfig> {
  const file = named === undefined ? nearest(cwd) : resolve(cwd, named)
  if (file === null || !existsSync(file)) {
    throw new ConfigError(
      file ?? cwd,
      `there is no ${file ?? `bennu.config.ts in ${cwd} or above`}`,
      {
        hint: `Write one: ${EXAMPLE}`,
      },
    )
  }
  const loaded: unknown = await import(pathToFileURL(file).href).catch((cause: unknown) => {
    throw new ConfigError(file, `${file} does not run: ${reason(cause)}`, { cause, hint: RUNS })
  })
  const value =
    typeof loaded === "object" && loaded !== null ? Reflect.get(loaded, "default") : null
  return { file, root: dirname(file), config: parseOptions(file, schema, value) }
}

function nearest(cwd: string): string | null {
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    const found = NAMES.map((name) => join(folder, name)).find((file) => existsSync(file))
    if (found !== undefined) return found
    if (folder === dirname(folder)) return null
  }
}

const reason = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause))

const EXAMPLE = `import { defineConfig } from "@bennu/cli"
export default defineConfig({ contexts: { accounts: { path: "src/accounts" } } })`
const RUNS =
  "Node.js runs it as it is: write types that can be erased, and import what is installed."
