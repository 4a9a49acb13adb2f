import { createHash } from "node:crypto"
import type { Sql } from "@bennu/repo"
import { MigrationFormatError } from "./errors.ts"
import { parts, type StatementText } from "./statements.ts"

/** One step in the life of a database's structure, and the way back. */
export interface Migration {
  /** `<version>_<name>`, as its file is called: `20261122000000_create_articles`. */
  readonly id: string
  /** What orders migrations. */
  readonly version: string
  readonly up: Step
  /** Without it there is no way back. */
  readonly down: Step | undefined
  /** Whether a step happens as a whole. `false` for what PostgreSQL refuses in a transaction, such as `create index concurrently`. */
  readonly transaction: boolean
  /** Whether it comes before the app's new version runs everywhere, or after: dropping what only the old one reads. */
  readonly phase: Phase
  /** Of the statements going up, comments and spaces between them left out; null for code. */
  readonly checksum: string | null
  /** The file that it was read from. */
  readonly file?: string | undefined
}

/** Where a migration begins, if it was read from a file: `/app/migrations/1_create.sql:2`. */
export function placeOf({ file, up }: Migration): string | null {
  if (file === undefined) return null
  const first = "statements" in up ? up.statements[0]?.offset : undefined
  const before = "source" in up ? up.source.slice(0, first ?? 0) : ""
  return `${file}:${before.split("\n").length}`
}

export type Phase = "pre" | "post"

/** Statements, or code that makes them. */
export type Step = SqlStep | CodeStep
export interface SqlStep {
  readonly statements: readonly StatementText[]
  /** The text that the offsets are of. */
  readonly source: string
}
/** Gets one connection, in the migration's transaction. Keep code of the app out of it: that will change, a migration must not. */
export type CodeStep = (sql: Sql) => Promise<void>

export interface MigrationSteps {
  /** SQL, its statements one by one (`[createIndex(…)]`), or code. */
  readonly up: string | readonly string[] | CodeStep
  readonly down?: string | readonly string[] | CodeStep | undefined
  /** `false` for what PostgreSQL refuses in a transaction (`true`). */
  readonly transaction?: boolean | undefined
  /** `"post"` for what has to wait until the app's old version runs nowhere (`"pre"`). */
  readonly phase?: Phase | undefined
}

/**
 * A migration as a value, for when no file is to be read.
 * @param id `<version>_<name>`; the version is digits, best a time: `20261122000000_create_articles`.
 * @throws {MigrationFormatError} for another id, or SQL that commits by itself.
 * @example migration("20261122000000_create_tags", { up: "create table tags (name text)", down: "drop table tags" })
 */
export function migration(
  id: string,
  { up, down, transaction = true, phase = "pre" }: MigrationSteps,
): Migration {
  const step = (given: MigrationSteps["up"]) =>
    typeof given === "function" ? given : sqlStep([given].flat().join("\n;\n"))
  const back = down === undefined ? undefined : step(down)
  return made(id, { up: step(up), down: back, transaction, phase })
}

/**
 * A migration from the text of its file: `-- up`, the statements, `-- down`, those that undo them, and
 * `-- transaction: off` or `-- phase: post` before them where it has to run outside of one, or after the deployment.
 */
export function sqlMigration(id: string, source: string): Migration {
  const sections = new Map<string, StatementText[]>()
  let current: StatementText[] | undefined
  let transaction = true
  let phase: Phase = "pre"
  for (const part of parts(source)) {
    if ("comment" in part) {
      const comment = part.comment.toLowerCase()
      if (comment === "up" || comment === "down") {
        if (sections.has(comment))
          throw new MigrationFormatError(id, `has two "-- ${comment}"`, "Make them one section.")
        current = []
        sections.set(comment, current)
      } else if (comment === "transaction: off") transaction = false
      else if (comment === "phase: post") phase = "post"
    } else if (current === undefined) throw unmarked(id)
    else current.push(part)
  }
  const [up, down] = [sections.get("up"), sections.get("down")]
  if (up === undefined) throw unmarked(id)
  return made(id, {
    up: { statements: up, source },
    down: down === undefined ? undefined : { statements: down, source },
    transaction,
    phase,
  })
}

const unmarked = (id: string) =>
  new MigrationFormatError(
    id,
    'a statement stands before "-- up"',
    'Write a line "-- up" above what migrates, and "-- down" above what undoes it.',
  )

const sqlStep = (source: string): SqlStep => ({
  statements: parts(source).filter((part) => "text" in part),
  source,
})

function made(
  id: string,
  { up, down, transaction, phase }: Pick<Migration, "up" | "down" | "transaction" | "phase">,
): Migration {
  const version = /^(\d{1,20})_\w{1,200}$/.exec(id)?.[1]
  if (version === undefined)
    throw new MigrationFormatError(
      id,
      "is no name for a migration",
      'Name it "<version>_<name>", as in 20261122000000_create_articles.',
    )
  for (const step of [up, down])
    if (transaction && step !== undefined && "statements" in step) refuseControl(id, step)
  const checksum = "statements" in up ? checksumOf(up.statements) : null
  return { id, version, up, down, transaction, phase, checksum }
}

export function checksumOf(statements: readonly StatementText[]): string {
  const text = statements.map((statement) => statement.text.replaceAll("\r\n", "\n")).join("\0")
  return createHash("sha256").update(text).digest("hex")
}

/** A `commit` in the middle would keep half of the migration, and the ledger would not know. */
function refuseControl(id: string, { statements }: SqlStep): void {
  for (const { text } of statements) {
    const word = /^[a-z]+/i.exec(text)?.[0].toLowerCase() ?? ""
    if (!controls.has(word)) continue
    throw new MigrationFormatError(
      id,
      `"${word}" ends or starts a transaction, and a migration is one already`,
      'Leave it out; where a statement refuses to run in a transaction, write a line "-- transaction: off".',
    )
  }
}

const controls = new Set(["begin", "start", "commit", "end", "rollback", "abort"])

/** In the order of their versions. @throws {MigrationFormatError} when two have the same. */
export function ordered(migrations: readonly Migration[]): Migration[] {
  const sorted = migrations.toSorted((a, b) => compareVersions(a.version, b.version))
  for (const [index, { id, version }] of sorted.entries()) {
    const before = sorted[index - 1]
    if (before !== undefined && compareVersions(before.version, version) === 0)
      throw new MigrationFormatError(id, `has the version of ${before.id}`, "Give it another one.")
  }
  return sorted
}

/** Versions are digits of any length: `9` comes before `10`. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [BigInt(a), BigInt(b)]
  return left < right ? -1 : left > right ? 1 : 0
}
