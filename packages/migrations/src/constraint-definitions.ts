import { identifier, qualified } from "./internal/identifier.ts"

/**
 * The statement that adds a constraint by name. Rows that are there are looked at by `validateConstraint`, in a
 * migration of its own: that lets others read and write meanwhile, and this one takes but a moment.
 * @param definition SQL: `check (price > 0)`, `foreign key (author_id) references users (id)`, `not null title`.
 * @param options `validate`: looks at all rows at once, while the table stands still (`false`, but `true` for what
 *   PostgreSQL cannot add otherwise: unique, primary key, exclude).
 * @example addConstraint("articles", "articles_price_check", "check (price > 0)")
 */
export function addConstraint(
  table: string,
  name: string,
  definition: string,
  { validate = isWhole(definition) }: { readonly validate?: boolean | undefined } = {},
): string {
  const added = `alter table ${qualified(table)} add constraint ${identifier(name)} ${definition}`
  return validate ? added : `${added} not valid`
}

/** Those that PostgreSQL refuses to add NOT VALID: postgresql.org/docs/current/sql-altertable.html */
const isWhole = (definition: string): boolean => /^\s*(unique|primary|exclude)\b/i.test(definition)

/** The statement that checks all rows against a constraint that was added without. */
export const validateConstraint = (table: string, name: string): string =>
  `alter table ${qualified(table)} validate constraint ${identifier(name)}`

export const dropConstraint = (table: string, name: string): string =>
  `alter table ${qualified(table)} drop constraint ${identifier(name)}`

export const renameConstraint = (table: string, from: string, to: string): string =>
  `alter table ${qualified(table)} rename constraint ${identifier(from)} to ${identifier(to)}`
