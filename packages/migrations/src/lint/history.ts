import type { Node } from "libpg-query"
import { type Context, nameOf, words } from "./rule.ts"

/** Remembers what the statements before did, over all migrations that are linted. */
export class History {
  /** Checks that a column has no nulls: `table.constraint` to its column. */
  readonly #nullChecks = new Map<string, string>()
  readonly #neverNull = new Set<string>()
  #created = new Set<string>()
  #added = new Set<string>()
  #structureChanged = false

  /** A migration begins. */
  begin(): void {
    this.#created = new Set()
    this.#added = new Set()
    this.#structureChanged = false
  }

  context(transaction: boolean): Context {
    return {
      transaction,
      structureChanged: this.#structureChanged,
      isNew: (table) => this.#created.has(table),
      isNeverNull: (table, column) => this.#neverNull.has(`${table}.${column}`),
      isAddedHere: (table, constraint) => this.#added.has(`${table}.${constraint}`),
    }
  }

  add(node: Node): void {
    if ("CreateStmt" in node) this.#created.add(nameOf(node.CreateStmt.relation))
    if ("CreateTableAsStmt" in node) this.#created.add(nameOf(node.CreateTableAsStmt.into?.rel))
    if ("ViewStmt" in node) this.#created.add(nameOf(node.ViewStmt.view))
    if (!("AlterTableStmt" in node)) return
    const table = nameOf(node.AlterTableStmt.relation)
    if (!this.#created.has(table)) this.#structureChanged = true
    for (const each of node.AlterTableStmt.cmds ?? []) {
      if (!("AlterTableCmd" in each)) continue
      const { subtype, name = "", def } = each.AlterTableCmd
      if (subtype === "AT_ValidateConstraint") {
        const column = this.#nullChecks.get(`${table}.${name}`)
        if (column !== undefined) this.#neverNull.add(`${table}.${column}`)
      }
      if (subtype !== "AT_AddConstraint" || !def || !("Constraint" in def)) continue
      const { conname = "", contype, raw_expr: check, keys } = def.Constraint
      this.#added.add(`${table}.${conname}`)
      const column = contype === "CONSTR_NOTNULL" ? words(keys)[0] : checkedColumn(check)
      if (column !== undefined) this.#nullChecks.set(`${table}.${conname}`, column)
    }
  }
}

/** The column of `column is not null`. */
function checkedColumn(node: Node | undefined): string | undefined {
  if (!node || !("NullTest" in node) || node.NullTest.nulltesttype !== "IS_NOT_NULL") return
  const { arg } = node.NullTest
  return arg && "ColumnRef" in arg ? words(arg.ColumnRef.fields).at(-1) : undefined
}
