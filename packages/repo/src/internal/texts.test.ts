import { and, desc, eq, gt, ilike, inArray, isNull, not, or, type SQL, sql } from "drizzle-orm"
import {
  alias,
  jsonb,
  PgDialect,
  pgSchema,
  pgTable,
  text,
  timestamp,
  uuid,
} from "drizzle-orm/pg-core"
import { describe, expect, it } from "vitest"
import { encode } from "./codec.ts"
import { Texts } from "./texts.ts"

const posts = pgTable("posts", {
  id: uuid().primaryKey(),
  writtenBy: text(),
  'odd"name': text(),
  at: timestamp(),
  extra: jsonb(),
})
const drafts = pgSchema("hidden").table("drafts", { id: uuid(), title: text() })
const other = alias(posts, "other")

const expressions: Readonly<Record<string, SQL | undefined>> = {
  "a value": eq(posts.id, "7"),
  "conditions in one another": or(
    and(eq(posts.writtenBy, "ada"), not(isNull(posts.at))),
    gt(posts.at, new Date(0)),
  ),
  "a list": inArray(posts.id, ["1", "2"]),
  "a column of a schema and one of an alias": sql`${drafts.title} = ${other.writtenBy}`,
  "a name with a quote": ilike(posts['odd"name'], "%x%"),
  "an order and numbers": sql` order by ${sql.join([desc(posts.at), posts.id], sql`, `)} limit ${20} offset ${0}`,
  "raw text": sql`${sql.raw("now()")} > ${posts.at}`,
  "a table": sql`select * from ${posts}`,
  "null and undefined": sql`${null} ${undefined} ${posts.id}`,
  "a boolean and a bigint": sql`${true} and ${12n}`,
  "values that stand in the text": sql`${posts.id} = ${"o'brien"}`.inlineParams(),
  "such values within": sql`${"out"} = ${sql`${"in"}`.inlineParams()}`,
  json: eq(posts.extra, { a: [1] }),
  "a param that is an expression": eq(posts.id, sql`gen_random_uuid()`),
  "a placeholder": eq(posts.id, sql.placeholder("id")),
  "an identifier": sql`${sql.identifier("x")}.${posts.id}`,
  "parts in a row": sql`${[sql`a`, sql`b`]}`,
}

describe("texts of expressions", () => {
  for (const casing of [undefined, "snake_case"] as const) {
    const dialect = new PgDialect(casing === undefined ? {} : { casing })
    const texts = new Texts(dialect)
    for (const [name, expression = sql``] of Object.entries(expressions))
      it(`are what Drizzle's dialect makes: ${name}${casing ? ` in ${casing}` : ""}`, () => {
        const made = dialect.sqlToQuery(expression)
        const outcome = () => ({ text: made.sql, params: made.params.map(encode) })
        expect(texts.of(expression)).toEqual(outcome())
        expect(texts.of(expression)).toEqual(outcome())
      })
  }
})
