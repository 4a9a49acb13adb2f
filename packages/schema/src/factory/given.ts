import type { Result } from "@bennu/core"
import type { AnyChangeset, Changeset, Fields } from "../changeset.ts"
import type { Row, Schema } from "../schema.ts"

/** All that a factory asks of a repo. */
export interface Inserts {
  insert<S extends Schema>(changeset: Changeset<S>): Promise<Result<Row<S>, AnyChangeset>>
}

/** The rows that a row belongs to, by the relation's name. */
export type Parents<S extends Schema> = S["$parents"]

type Fill<S extends Schema> = Fields<S> & Parents<S>

/** Columns and virtual fields, and rows that this one belongs to. */
export type Values<S extends Schema> = { readonly [K in keyof Fill<S>]?: Fill<S>[K] | undefined }

/** What a factory asks of another, whose row its own belongs to. */
export interface ParentSource<R> {
  build(): R
  insert(repo: Inserts): Promise<R>
}

/** Where the rows come from that a row belongs to. */
export type Sources<S extends Schema> = {
  readonly [K in keyof S["$relations"]]?:
    | (K extends keyof Parents<S> ? ParentSource<Parents<S>[K]> : never)
    | undefined
}

/** What differs from the defaults, for one row or by its sequence number. */
export type Given<S extends Schema> = Values<S> | ((sequence: number) => Values<S>)
