import type { StandardSchemaV1 } from "@bennu/core"
import { pgTable } from "drizzle-orm/pg-core"
import { type Schema, schema } from "./schema.ts"

type Table = ReturnType<typeof emptyTable>
const emptyTable = (name: string) => pgTable(name, {})

/**
 * A schema without a table, for what is checked and shown like a row and never stored: a search form, a sign-in, the
 * steps of a wizard. `cast`, `toForm` and all validations work as for a table; a repo refuses to write it.
 * @param name What its forms and errors call it.
 * @param fields Text from a form stays text unless a field's schema turns it into something else (`z.coerce.number()`).
 * @example const Search = embeddedSchema("search", { query: z.string(), page: z.coerce.number() })
 */
export function embeddedSchema<V extends object>(
  name: string,
  fields: { readonly [K in keyof V]: StandardSchemaV1<unknown, V[K]> },
): Schema<Table, V, object> {
  return schema<Table, V>(emptyTable(name), { virtual: fields })
}
