import { forkedSnapshots } from "../forked-snapshots.ts"
import { identifier } from "../internal/identifier.ts"
import type { MigrationSql } from "../migrate.ts"
import { migrationsIn } from "../migrations-in.ts"
import { compareMade } from "../scratch.ts"
import { GenerateError } from "./errors.ts"
import { type GenerateOptions, generateMigration } from "./generate-migration.ts"
import { lastSnapshot, pathOf, writeSnapshot } from "./snapshots.ts"

export interface BaselineOptions extends Pick<GenerateOptions, "casing"> {
  /** A database for development: migrations and tables are tried there, in a scratch schema, and compared. */
  readonly prove: MigrationSql
}
export interface Baseline {
  /** The snapshot's path. */
  readonly file: string
  /** Lines of structure that migrations make and tables do not declare; what is generated leaves them alone. */
  readonly undeclared: readonly string[]
}

/**
 * Lets `writeMigration` go on after migrations that were written by hand, or generated on two branches: writes the snapshot
 * of what the tables declare beside the last of them, if that is what they make.
 * @param exports What Drizzle declares: `import * as tables from "./tables.ts"`.
 * @throws {GenerateError} where there is a snapshot or no migration, and when something that is declared is not made, or
 * under another name; the hint has the renames.
 */
export async function writeBaseline(
  folder: string | URL,
  exports: Readonly<Record<string, unknown>>,
  { casing, prove }: BaselineOptions,
): Promise<Baseline> {
  const path = pathOf(folder)
  const migrations = await migrationsIn(path)
  const last = migrations.at(-1)
  const forked = (await forkedSnapshots(path)).length > 0
  if (last === undefined || (!forked && (await lastSnapshot(path)) !== undefined))
    throw new GenerateError(`${path} has ${last ? "a snapshot already" : "no migration"}`, {
      hint: "Generate the next migration: it needs no baseline.",
    })
  const { up, snapshot } = await generateMigration(exports, { casing })
  const { renames, differences } = namesApart(await compareMade(prove, migrations, up))
  const missing = differences.filter((line) => line.startsWith("-"))
  if (renames.length + missing.length > 0)
    throw new GenerateError("the migrations make something else than the tables declare", {
      hint: [
        ...(renames.length > 0 ? ["Write a migration that names things as Drizzle does:"] : []),
        ...renames,
        ...(missing.length > 0 ? ["Make alike what is declared (-) and what is made (+):"] : []),
        ...(missing.length > 0 ? differences : []),
      ].join("\n"),
    })
  const undeclared = differences.map((line) => line.slice(2))
  return { file: await writeSnapshot(path, last.id, snapshot), undeclared }
}

/** Takes out of a difference what only has another name. */
function namesApart(lines: readonly string[]) {
  const made = new Map<string, Named>()
  for (const line of lines) {
    const named = line.startsWith("+") ? namedIn(line) : null
    if (named) made.set(named.what, named)
  }
  const renamed = new Map<string, string>()
  const renames: string[] = []
  for (const line of lines) {
    const declared = line.startsWith("-") ? namedIn(line) : null
    const other = declared && made.get(declared.what)
    if (!declared || !other) continue
    made.delete(declared.what)
    renamed.set(line, other.line)
    // an index that belongs to a constraint takes its name
    if (declared.kind === "constraint" || !isOfConstraint(lines, declared.name))
      renames.push(renameOf(declared, other.name))
  }
  const gone = new Set([...renamed.keys(), ...renamed.values()])
  return { renames, differences: lines.filter((line) => !gone.has(line)) }
}

interface Named {
  readonly line: string
  readonly kind: "constraint" | "index"
  readonly name: string
  readonly table: string
  /** Everything but the name. */
  readonly what: string
}

function namedIn(line: string): Named | null {
  const [, name, table, definition] = /^. constraint (\S+) on (\S+) (.+)$/s.exec(line) ?? []
  if (name && table)
    return { line, kind: "constraint", name, table, what: `${table} ${definition}` }
  const [, kind, index, on, rest] =
    /^. index (CREATE \D*?INDEX) (\S+) ON (\S+) (.+)$/s.exec(line) ?? []
  if (!index || !on) return null
  return { line, kind: "index", name: index, table: on, what: `${kind} ${on} ${rest}` }
}

const isOfConstraint = (lines: readonly string[], name: string): boolean =>
  lines.some((line) => line.startsWith(`- constraint ${name} on `))

const renameOf = ({ kind, name, table }: Named, from: string): string =>
  kind === "constraint"
    ? `alter table ${quoted(table)} rename constraint ${quoted(from)} to ${quoted(name)};`
    : `alter index ${from} rename to ${name};`

// PostgreSQL quotes the names in an index's definition itself
const quoted = (name: string): string => (/^[a-z_][a-z\d_]*$/.test(name) ? name : identifier(name))
