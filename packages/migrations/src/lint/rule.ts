import type { AlterTableCmd, Node, RangeVar } from "libpg-query"
import type { LintRule } from "./rule-names.ts"

/** What a rule has against a statement. */
export interface Found {
  readonly rule: LintRule
  readonly message: string
  /** SQL, or a sentence where no SQL can say it: how to reach the same safely. */
  readonly rewrite: string
}

/** What was there before the statement. */
export interface Context {
  /** Whether the migration is a transaction. */
  readonly transaction: boolean
  /** Whether this migration created the table: nobody uses it yet. */
  isNew(table: string): boolean
  /** Whether a migration before checked that the column has no nulls, by a validated constraint. */
  isNeverNull(table: string, column: string): boolean
  /** Whether the constraint was added in this migration. */
  isAddedHere(table: string, constraint: string): boolean
  /** Whether the migration changed a table's structure before this statement. */
  readonly structureChanged: boolean
}

/** Judges one statement. */
export type Rule = (node: Node, context: Context) => readonly Found[]

/** `schema.table`, as it is written. */
export const nameOf = (relation: RangeVar | undefined): string =>
  [relation?.schemaname, relation?.relname].filter((part) => part !== undefined).join(".")

/** The parts of an `alter table`; of no other statement, and of no table that is new here. */
export function commandsOf(
  node: Node,
  context: Pick<Context, "isNew">,
): { readonly table: string; readonly command: AlterTableCmd }[] {
  if (!("AlterTableStmt" in node)) return []
  const { relation, cmds = [], objtype } = node.AlterTableStmt
  const table = nameOf(relation)
  if (objtype !== "OBJECT_TABLE" || context.isNew(table)) return []
  return cmds.flatMap((each) =>
    "AlterTableCmd" in each ? [{ table, command: each.AlterTableCmd }] : [],
  )
}

/** The words of a list of names: `["pg_catalog", "int4"]`. */
export const words = (nodes: readonly Node[] = []): string[] =>
  nodes.flatMap((node) => ("String" in node ? [node.String.sval ?? ""] : []))
