import { PgDialect, type PgTable } from "drizzle-orm/pg-core"
import type { Casing } from "../open-repo.ts"
import { TablePlan } from "./table-plan.ts"

/** The plans of a repo's tables, each made when it is first needed and kept as long as its table. */
export class Plans {
  readonly dialect: PgDialect
  readonly #plans = new WeakMap<PgTable, TablePlan>()

  constructor(casing: Casing | undefined) {
    this.dialect = new PgDialect(casing === undefined ? {} : { casing })
  }

  of(table: PgTable): TablePlan {
    let plan = this.#plans.get(table)
    if (plan === undefined) {
      plan = new TablePlan(this.dialect, table)
      this.#plans.set(table, plan)
    }
    return plan
  }
}
