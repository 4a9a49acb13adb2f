import type { PgTable } from "drizzle-orm/pg-core"
import type { Answer, Statement } from "../driver.ts"
import type { QueryBuilder, Repo, Waiting } from "../repo.ts"
import type { Access } from "./access.ts"
import type { Conflict } from "./insert-many.ts"
import type { Sight } from "./sight.ts"
import type { TablePlan } from "./table-plan.ts"

export type Upsert = Exclude<Conflict, "nothing">

/** Where a changeset is written. */
export class Place {
  readonly #access: Access
  readonly #waiting: Waiting
  /** What becomes of the outermost row where it exists already. */
  readonly conflict: Upsert | undefined

  constructor(access: Access, waiting: Waiting, conflict?: Upsert) {
    this.#access = access
    this.#waiting = waiting
    this.conflict = conflict
  }

  /** For what is rare: expressions, rows that join, locks. */
  get db(): QueryBuilder {
    return this.#access.builder(this.#waiting)
  }

  /** Which tables may be written, and which of their rows changed. */
  get sight(): Sight {
    return this.#access.sight
  }

  /** What the functions of `prepareChanges` are given. */
  get repo(): Repo {
    return this.#access.repo
  }

  /** Where the rows within the outermost one are written. */
  get within(): Place {
    return this.conflict === undefined ? this : new Place(this.#access, this.#waiting)
  }

  plan(table: PgTable): TablePlan {
    return this.#access.plans.of(table)
  }

  run(statement: Statement): Promise<Answer> {
    return this.#access.run(statement, this.#waiting)
  }
}
