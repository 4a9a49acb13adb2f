import { PgDialect, type PgTable } from "drizzle-orm/pg-core"
import type { Casing } from "../open-repo.ts"
import { LiteralDialect } from "./literal-dialect.ts"
import { TablePlan } from "./table-plan.ts"
import { Texts } from "./texts.ts"

/** The plans of a repo's tables, each made when it is first needed and kept as long as its table. */
export class Plans {
  readonly texts: Texts
  /** For statements that have no parameters. */
  readonly literals: LiteralDialect
  readonly #plans = new WeakMap<PgTable, TablePlan>()

  readonly #cursors = new Set<number>()

  constructor(casing: Casing | undefined) {
    const config = casing === undefined ? {} : { casing }
    this.texts = new Texts(new PgDialect(config))
    this.literals = new LiteralDialect(config)
  }

  of(table: PgTable): TablePlan {
    let plan = this.#plans.get(table)
    if (plan === undefined) {
      plan = new TablePlan(this.texts, table)
      this.#plans.set(table, plan)
    }
    return plan
  }

  /** A name that no open cursor has; the same ones again, as the server remembers statements by their text. */
  cursor(): { readonly name: string } & Disposable {
    let number = 0
    while (this.#cursors.has(number)) number += 1
    this.#cursors.add(number)
    return {
      name: `bennu_cursor_${number}`,
      [Symbol.dispose]: () => void this.#cursors.delete(number),
    }
  }
}
