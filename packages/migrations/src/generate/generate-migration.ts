import { createRequire } from "node:module"
import type { DrizzleSnapshotJSON } from "drizzle-kit/api"
import * as z from "zod"
import { GenerateError } from "./errors.ts"

/** What tables, enums and the like were when a migration was generated; JSON, to be kept beside it. */
export type Snapshot = DrizzleSnapshotJSON

export interface GenerateOptions {
  /** Of the last migration that was generated; none for the first. */
  readonly previous?: Snapshot | undefined
  /** How properties become columns that were given no name: as the repo's. */
  readonly casing?: "snake_case" | "camelCase" | undefined
}

export interface Generated {
  readonly up: readonly string[]
  readonly down: readonly string[]
  /** Statements of `up` that lose rows, which no way back brings. */
  readonly lossy: readonly string[]
  readonly snapshot: Snapshot
}

// its ESM entry does not load without every database driver it knows
const kit: typeof import("drizzle-kit/api") = createRequire(import.meta.url)("drizzle-kit/api")

/**
 * The statements that lead from the last schema to this one, and those that lead back, by drizzle-kit (an optional
 * peer). Nothing in the result knows a schema by name but those you named.
 * @param exports What Drizzle declares: tables, enums, views, sequences; other values are left alone.
 * @throws {GenerateError} where something could be a rename: do it in two migrations.
 */
export async function generateMigration(
  exports: Readonly<Record<string, unknown>>,
  { previous, casing }: GenerateOptions = {},
): Promise<Generated> {
  const before = previous ?? kit.generateDrizzleJson({})
  const after = kit.generateDrizzleJson({ ...exports }, before.id, undefined, casing)
  refuseRenames(before, after)
  const up = (await kit.generateMigration(before, after)).map(tidy)
  const down = (await kit.generateMigration(after, before)).map(tidy)
  return { up, down, lossy: up.filter((text) => lossy.test(text)), snapshot: after }
}

const lossy = /\bDROP (TABLE|COLUMN|TYPE|SEQUENCE|VIEW)\b/

/** Where a schema is not named in the declaration, it is the one on the search path. */
const tidy = (statement: string): string =>
  statement.replaceAll('"public".', "").replaceAll("\t", "  ").trim().replace(/;$/, "")

/** drizzle-kit asks in the terminal whether what is gone and what is new are the same; here nobody answers. */
function refuseRenames(before: Snapshot, after: Snapshot): void {
  const kinds = ["tables", "enums", "schemas", "sequences", "views", "roles", "policies"] as const
  for (const kind of kinds) refuseSwap(kind, before[kind] ?? {}, after[kind] ?? {})
  const [old, tables] = [Tables.parse(before.tables), Tables.parse(after.tables)]
  for (const [key, { name, columns }] of Object.entries(tables))
    refuseSwap(`columns of ${name}`, old[key]?.columns ?? {}, columns)
}

const Tables = z.record(
  z.string(),
  z.object({ name: z.string(), columns: z.record(z.string(), z.unknown()) }),
)

function refuseSwap(what: string, before: object, after: object): void {
  const [left, right] = [Object.keys(before), Object.keys(after)]
  const [gone, added] = [
    left.filter((key) => !right.includes(key)),
    right.filter((key) => !left.includes(key)),
  ]
  if (gone.length === 0 || added.length === 0) return
  throw new GenerateError(
    `${what}: ${gone.join(", ")} gone and ${added.join(", ")} new: is that a rename?`,
    {
      hint: "Generate twice: once with both declared, once with the old one left out. A rename in place breaks the app that still runs; where that is wanted, write it by hand.",
    },
  )
}
