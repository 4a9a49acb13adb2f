import { readFile } from "node:fs/promises"
import { join, resolve } from "node:path"
import type { Migration } from "@bennu/migrations"
import type { Repo } from "@bennu/repo"
import * as z from "zod"
import type { DatabaseConfig } from "../config.ts"
import { ConfigError } from "../errors.ts"
import type { LoadedConfig } from "../load-config.ts"

/** The migrations of an app, and what can be done with them. */
export interface ReadMigrations {
  readonly config: DatabaseConfig
  readonly folder: string
  readonly migrations: readonly Migration[]
  /** `@bennu/migrations`, which is not loaded before somebody needs it. */
  readonly tools: typeof import("@bennu/migrations")
}
/** A database that a command works on. */
export interface OpenDatabase extends ReadMigrations, AsyncDisposable {
  readonly repo: Repo
  /** Of the app, as its manifest says. */
  readonly appVersion: string | undefined
}

/** @throws {ConfigError} when the configuration tells of no database, or `@bennu/migrations` is not installed. */
export async function readMigrations({
  file,
  root,
  config: { database: config },
}: LoadedConfig): Promise<ReadMigrations> {
  if (config === undefined) {
    const hint = "Add it: database: { repo: () => openRepo({ driver: postgres({ url }) }) }"
    throw new ConfigError(file, `${file} tells of no database`, { hint })
  }
  const tools = await import("@bennu/migrations").catch((cause: unknown) => {
    const hint = "npm install @bennu/migrations @bennu/repo"
    throw new ConfigError(file, "@bennu/migrations cannot be loaded", { cause, hint })
  })
  const { migrations: from = "migrations" } = config
  const folder = resolve(root, typeof from === "string" ? from : ".")
  const migrations = typeof from === "string" ? await tools.migrationsIn(folder) : await from()
  return { config, folder, migrations, tools }
}

/** Opens the database that a configuration tells of. @throws {ConfigError} as `readMigrations` does. */
export async function openDatabase(loaded: LoadedConfig): Promise<OpenDatabase> {
  const read = await readMigrations(loaded)
  const child = await read.config.repo()
  const repo = await child.start(new AbortController().signal)
  return {
    ...read,
    repo,
    appVersion: await versionIn(loaded.root),
    [Symbol.asyncDispose]: async () => repo[Symbol.asyncDispose](),
  }
}

const Manifest = z.object({ version: z.string() })

async function versionIn(root: string): Promise<string | undefined> {
  const text = await readFile(join(root, "package.json"), "utf8").catch(() => "{}")
  return Manifest.safeParse(JSON.parse(text)).data?.version
}
