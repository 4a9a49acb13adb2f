import type { Awaitable } from "@bennu/core"
import type { Nested, Row, Schema } from "@bennu/schema"
import type { SQL } from "drizzle-orm"
import type { PgColumn } from "drizzle-orm/pg-core"
import type { Repo } from "./repo.ts"

/** How a relation is loaded, where its name does not say all. */
export interface Preload<R, M extends R = R> {
  readonly where?: SQL | undefined
  /** By primary key if left out. */
  readonly orderBy?: PgColumn | SQL | readonly (PgColumn | SQL)[] | undefined
  /**
   * Makes more of the rows that were found, all at once: loads what is nested in them, leaves some out.
   * @example { comments: { load: (rows, repo) => repo.preload(Comment, rows, ["author"]) } }
   */
  readonly load?: ((rows: readonly R[], repo: Repo) => Awaitable<readonly M[]>) | undefined
}

/** The relations to load along with rows: their names, or an object that says more of each. */
export type Preloads<S extends Schema> =
  | readonly (keyof S["$relations"])[]
  | { readonly [K in keyof S["$relations"]]?: true | Preload<Nested<S["$relations"][K]>> }

/** A row with the relations that were asked for: none where a call leaves `preload` out, and `P` says nothing. */
export type Loaded<S extends Schema, P> =
  Preloads<S> extends P
    ? Row<S>
    : P extends readonly (infer K)[]
      ? [K] extends [never]
        ? Row<S>
        : Row<S> & Pick<S["$relations"], K & keyof S["$relations"]>
      : Row<S> & {
          [K in keyof P & keyof S["$relations"]]: Refined<S["$relations"][K], P[K]>
        }

/** The relation's value with what `load` made of its rows. */
type Refined<T, Q> = Q extends {
  readonly load: (...parts: never) => Awaitable<readonly (infer M)[]>
}
  ? T extends readonly unknown[]
    ? M[]
    : M | Extract<T, null>
  : T
