import { type Schema, schema } from "@bennu/schema"
import { and, getTableName, is, type SQL } from "drizzle-orm"
import { PgTable } from "drizzle-orm/pg-core"
import { RepoUsageError, ScopeError } from "../errors.ts"
import type { RepoScope } from "../repo.ts"

/** Which tables and rows a handle has before it: those of its scope, and of each schema's own filter. */
export class Sight {
  readonly #scopes: readonly RepoScope[]

  constructor(scopes: readonly RepoScope[] = []) {
    this.#scopes = scopes
  }

  /** Whether it is a scope's, and not all there is. */
  get scoped(): boolean {
    return this.#scopes.length > 0
  }

  /** What is left of it in a scope within. */
  within(scope: RepoScope): Sight {
    return new Sight([...this.#scopes, scope])
  }

  /** The table of a schema, if it may be touched. */
  table({ table, columns, definedAt }: Schema): PgTable {
    if (columns.size === 0) {
      const hint = "Write a changeset of a table's schema with what came of it."
      throw new RepoUsageError(
        `${getTableName(table)} is an embedded schema, without a table`,
        hint,
      )
    }
    this.#allow(table, definedAt)
    return table
  }

  /** The condition for the rows of a schema that are there, and that are asked for. */
  where(schema: Schema, asked?: SQL | undefined): SQL | undefined {
    return and(schema.filter ?? undefined, this.limit(schema), asked)
  }

  /** What its scopes say of the rows of a schema, which may be written by their keys only where they do. */
  limit(schema: Schema): SQL | undefined {
    if (!this.scoped) return undefined
    return and(...this.#scopes.map(({ filter }) => filter?.(schema)))
  }

  /** The condition for the rows on the other side of a relation: a schema, or a bare table, which has no filter of its own. */
  related(target: object): SQL | undefined {
    const isTable = is(target, PgTable)
    if (isTable && !this.scoped) return undefined
    // what a relation points to is a schema, if it is no table
    const other = isTable ? bare(target) : (target as Schema)
    this.#allow(other.table, isTable ? null : other.definedAt)
    return this.where(other)
  }

  #allow(table: PgTable, definedAt: string | null = null): void {
    for (const { tables } of this.#scopes) {
      if (tables !== undefined && !tables.includes(table))
        throw new ScopeError(getTableName(table), tables.map(getTableName), definedAt)
    }
  }
}

/** What a scope's filter is asked about where a relation points to a table. */
function bare(table: PgTable): Schema {
  const known = bareSchemas.get(table) ?? schema(table)
  bareSchemas.set(table, known)
  return known
}

const bareSchemas = new WeakMap<PgTable, Schema>()
