import type { Repo } from "@bennu/repo"
import { type Changeset, cast, change, schema } from "@bennu/schema"
import { eq, sql } from "drizzle-orm"
import { check, pgTable, text, uuid } from "drizzle-orm/pg-core"
import * as z from "zod"
import type { ReaderScope, Scope } from "./vocabulary.ts"

export const readers = pgTable(
  "readers",
  { id: uuid().primaryKey(), name: text().notNull(), picture: text() },
  ({ name }) => [check("readers_name_length", sql`char_length(${name}) between 1 and 40`)],
)
export const Reader = schema(readers)
export const schemas = [Reader]

/** Whoever reads, as a session keeps them: a name they chose, and a random id that says "the same browser as before". Not an account. */
export const KeptReader = z.object({
  id: z.uuid(),
  name: z.string(),
  picture: z.string().nullable(),
})
export type Reader = z.output<typeof KeptReader>

const rules = z.object({
  name: z.string().trim().min(1, "can't be blank").max(40, "is longer than 40 characters"),
})
export const changeset = (reader: Partial<Reader> = {}, params: unknown = {}) =>
  cast(Reader, reader, params, rules)

/** Whoever comes says who they are; who came before has another name from now on. */
export const rename = ({ repo, reader }: Scope, params: unknown) =>
  remember(repo, changeset(reader ?? { id: crypto.randomUUID(), picture: null }, params))

/** What they wrote shows their picture of today. */
export const show = ({ repo, reader }: ReaderScope, picture: string) =>
  remember(repo, change(Reader, reader, { picture }))

const remember = (repo: Repo, reader: Changeset<typeof Reader>) =>
  repo.insert(reader, { onConflict: { target: ["id"], replace: "all" } })

/** The reader goes; what they wrote stays, under the name that it was written under. */
export async function forget({ repo }: Scope, { id }: Reader): Promise<void> {
  await repo.deleteAll(Reader, { where: eq(readers.id, id) })
}
