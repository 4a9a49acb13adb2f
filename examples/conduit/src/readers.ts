import { schema } from "@bennu/schema"
import { eq } from "drizzle-orm"
import { pgTable, text, uuid } from "drizzle-orm/pg-core"
import * as z from "zod"
import type { Scope } from "./vocabulary.ts"

export const readers = pgTable("readers", {
  id: uuid().primaryKey(),
  name: text().notNull(),
  picture: text(),
})
export const Reader = schema(readers)

export const schemas = [Reader]

/** Whoever reads, as a session keeps them: a name they chose, and a random id that says "the same browser as before". Not an account. */
export const KeptReader = z.object({
  id: z.uuid(),
  name: z.string(),
  picture: z.string().nullable(),
})
export type Reader = z.output<typeof KeptReader>

/** Writes down who a reader says they are: what they wrote shows their picture of today. */
export async function remember({ repo }: Scope, reader: Reader): Promise<void> {
  await repo.insertAll(Reader, [reader], { onConflict: { target: ["id"], replace: "all" } })
}

/** The reader goes; what they wrote stays, under the name that it was written under. */
export async function forget({ repo }: Scope, { id }: Reader): Promise<void> {
  await repo.deleteAll(Reader, { where: eq(readers.id, id) })
}
