import { loadModule, type Node, parseSync, SqlError } from "libpg-query"
import { type Migration, ordered } from "../migration.ts"
import { parts, placeOf, type StatementText } from "../statements.ts"
import { History } from "./history.ts"
import type { Context, Found } from "./rule.ts"
import type { LintRule } from "./rule-names.ts"
import { longNames } from "./rules/names.ts"
import { judges } from "./rules.ts"

export interface LintOptions {
  /** Rules that do not apply to this app. */
  readonly ignore?: readonly LintRule[] | undefined
}

/** Something that a migration does and that hurts an app in use, and how to do it instead. */
export interface LintFinding {
  readonly rule: LintRule
  readonly migration: string
  /** From 1, where the statement begins. */
  readonly line: number
  readonly column: number
  readonly statement: string
  readonly message: string
  /** The safe way, best as SQL to paste. */
  readonly rewrite: string
}

/**
 * What would keep others waiting, fail on rows that are there, or break the app that still runs, before a migration is
 * ever applied. Parses with PostgreSQL's own parser, `libpg-query` (an optional peer), and looks at `up` only. Code
 * cannot be read. Say why where you know better: a line `-- allow drop-column: nobody reads it since May` above the
 * statement.
 * @param migrations All, or the new ones; what is created in the same migration is nobody's yet and may be changed.
 * @example for (const { migration, line, message, rewrite } of await lintMigrations(migrations)) …
 */
export async function lintMigrations(
  migrations: readonly Migration[],
  { ignore = [] }: LintOptions = {},
): Promise<LintFinding[]> {
  await loadModule()
  const history = new History()
  return ordered(migrations).flatMap(({ id, up, transaction }) => {
    history.begin()
    if (!("statements" in up)) return []
    const allowed = allowances(up.source)
    return up.statements.flatMap((statement) => {
      const found = lintStatement(statement, history, transaction)
      const place = {
        migration: id,
        ...placeOf(up.source, statement.offset),
        statement: statement.text,
      }
      return found
        .filter(({ rule }) => !ignore.includes(rule) && !allowed.get(statement.offset)?.has(rule))
        .map((each) => ({ ...each, ...place }))
    })
  })
}

function lintStatement({ text }: StatementText, history: History, transaction: boolean): Found[] {
  try {
    const nodes = (parseSync(text).stmts ?? []).flatMap(({ stmt }) => stmt ?? [])
    const found = nodes.flatMap((node) => judged(node, history, history.context(transaction)))
    return [...found, ...longNames(text)]
  } catch (error) {
    if (!(error instanceof SqlError)) throw error
    return [
      {
        rule: "unparsable",
        message: `PostgreSQL does not understand it: ${error.message}`,
        rewrite: "Correct it; nothing of it was looked at.",
      },
    ]
  }
}

function judged(node: Node, history: History, context: Context): Found[] {
  const found = judges.flatMap((judge) => judge(node, context))
  history.add(node)
  return found
}

/** By the offset of a statement, the rules that the comments right above it allow. */
function allowances(source: string): ReadonlyMap<number, ReadonlySet<string>> {
  const found = new Map<number, ReadonlySet<string>>()
  let rules = new Set<string>()
  for (const part of parts(source)) {
    if ("text" in part) {
      found.set(part.offset, rules)
      rules = new Set()
    } else {
      const [word, rule] = part.comment.split(/[\s:]+/, 2)
      if (word === "allow" && rule !== undefined) rules.add(rule)
    }
  }
  return found
}
