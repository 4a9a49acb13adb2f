import { identifier, qualified } from "./internal/identifier.ts"

export interface IndexOptions {
  /** The table, `schema.table` if need be. */
  readonly on: string
  /** Names of columns; with `expressions` left out, at least one. */
  readonly columns?: readonly string[] | undefined
  /** SQL beside or instead of columns: `lower(email)`, `inserted_at desc`. */
  readonly expressions?: readonly string[] | undefined
  readonly unique?: boolean | undefined
  /** Lets others write meanwhile (`true`); the migration needs `transaction: false` then. */
  readonly concurrently?: boolean | undefined
  /** `"gin"`, `"gist"`, `"brin"` … (`"btree"`) */
  readonly using?: string | undefined
  /** Columns kept in it but not searched by. */
  readonly include?: readonly string[] | undefined
  /** SQL; only rows of which it is true are in it. */
  readonly where?: string | undefined
}

/**
 * The statement that builds an index, by name, so that it can be repaired, renamed and dropped by that name. Built
 * concurrently, it goes on after a failure: what an interrupted build left is dropped first, what was built is kept.
 * @example migration("20261122000000_index_titles", { transaction: false,
 *   up: [createIndex("articles_title_index", { on: "articles", columns: ["title"] })], down: [dropIndex("articles_title_index")] })
 */
export function createIndex(
  name: string,
  {
    on,
    columns = [],
    expressions = [],
    unique = false,
    concurrently = true,
    using,
    include,
    where,
  }: IndexOptions,
): string {
  const keys = [...columns.map(identifier), ...expressions]
  if (keys.length === 0)
    throw new RangeError(`the index ${name} has neither columns nor expressions`)
  return [
    "create",
    unique && "unique",
    "index",
    concurrently && "concurrently",
    `${identifier(name)} on ${qualified(on)}`,
    using && `using ${identifier(using)}`,
    `(${keys.join(", ")})`,
    include && `include (${include.map(identifier).join(", ")})`,
    where && `where ${where}`,
  ]
    .filter(Boolean)
    .join(" ")
}

/** The statement that drops an index. `concurrently` lets others read and write meanwhile (`true`). */
export const dropIndex = (
  name: string,
  { concurrently = true }: { readonly concurrently?: boolean | undefined } = {},
): string => `drop index ${concurrently ? "concurrently " : ""}if exists ${qualified(name)}`

/** The statement that renames an index; nothing waits for it but a moment. */
export const renameIndex = (from: string, to: string): string =>
  `alter index ${qualified(from)} rename to ${identifier(to)}`
