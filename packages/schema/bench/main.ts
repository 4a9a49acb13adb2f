// Changesets a second, beside zod alone. Zod parses what it is given; a changeset also reads text as what the columns
// hold, compares with the row, checks what the columns can hold, and remembers what was sent for the form. The second
// zod reads text too, by coercion, which is what a form needs of it without a changeset.
import { cast, schema, toForm } from "@bennu/schema"
import { boolean, integer, pgTable, text, timestamp } from "drizzle-orm/pg-core"
import * as z from "zod"
import { compare, note } from "../../../scripts/bench-harness.mjs"

const articles = pgTable("articles", {
  id: integer().primaryKey(),
  title: text().notNull(),
  body: text().notNull(),
  summary: text(),
  minutes: integer(),
  draft: boolean().notNull().default(true),
  publishedAt: timestamp(),
})
const Article = schema(articles)
const rules = z.object({
  title: z.string().trim().min(1, "can't be blank").max(140),
  body: z.string().min(1, "can't be blank"),
  summary: z.string().max(280).nullish(),
  minutes: z.int().positive().nullish(),
  draft: z.boolean(),
})
const coercing = z.object({
  title: z.string().trim().min(1, "can't be blank").max(140),
  body: z.string().min(1, "can't be blank"),
  summary: z.preprocess((text) => (text === "" ? null : text), z.string().max(280).nullish()),
  minutes: z.preprocess(
    (text) => (text === "" ? null : text),
    z.coerce.number().int().positive().nullish(),
  ),
  draft: z.stringbool(),
})
const typed = {
  title: "Otters",
  body: "In the river. ".repeat(20),
  summary: null,
  minutes: 5,
  draft: false,
}
const sent = { title: " Otters", body: typed.body, summary: "", minutes: "5", draft: "false" }
const stored = { id: 1, ...typed, title: "Beavers", publishedAt: new Date(0) }
const broken = { ...sent, title: "", minutes: "-1" }

const zods = (values: object) => ({
  "zod, typed values": () => rules.safeParse(values),
  "zod, coercing text": () => coercing.safeParse(values === typed ? sent : values),
})
await compare({
  bench: "schema/new row",
  ours: () => cast(Article, {}, sent, rules),
  peers: zods(typed),
})
await compare({
  bench: "schema/stored row",
  ours: () => cast(Article, stored, sent, rules),
  peers: zods(typed),
})
await compare({
  bench: "schema/broken rules",
  ours: () => cast(Article, stored, broken, rules),
  peers: {
    "zod, typed values": () => rules.safeParse({ ...typed, title: "", minutes: -1 }),
    "zod, coercing text": () => coercing.safeParse(broken),
  },
})

const steps = pgTable("steps", {
  id: integer().primaryKey(),
  listId: integer(),
  title: text().notNull(),
})
const Step = schema(steps)
const List = schema(pgTable("lists", { id: integer().primaryKey(), name: text().notNull() }), {
  hasMany: { steps: () => Step },
})
const stepRules = z.object({ title: z.string().min(1) })
const listRules = z.object({ name: z.string().min(1) })
const nested = {
  name: "Trip",
  steps: Array.from({ length: 10 }, (_, n) => ({ title: `step ${n}` })),
}
const nestedZod = listRules.extend({ steps: z.array(stepRules) })
await compare({
  bench: "schema/10 nested rows",
  ours: () =>
    cast(List, {}, nested, listRules).castNested("steps", (row, params) =>
      cast(Step, row, params, stepRules),
    ),
  peers: { "zod, typed values": () => nestedZod.safeParse(nested) },
})
const changeset = cast(Article, stored, broken, rules)
await compare({
  bench: "schema/form of a changeset",
  ours: () => toForm(changeset, { as: "article" }).fields.title.errors,
  peers: {
    "zod, flattened": () =>
      z.flattenError(rules.safeParse(broken).error ?? new z.ZodError([])).fieldErrors,
  },
})
note(`Where a cast's time goes, in a profile of a stored row: a third is zod's, as the rules run inside; the rest is spread over reading the text as the columns hold
it, comparing with the row, asking what the columns can hold, copying and freezing the row, and the changeset itself, none of them above an eighth.`)
