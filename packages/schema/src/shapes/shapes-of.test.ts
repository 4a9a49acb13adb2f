import { integer, pgTable, text, varchar } from "drizzle-orm/pg-core"
import { describe, expect, expectTypeOf, it } from "vitest"
import * as z from "zod"
import { cast, schema } from "../index.ts"
import { shapesOf } from "../shapes.ts"

const Article = schema(
  pgTable("articles", {
    id: integer().primaryKey().generatedAlwaysAsIdentity(),
    title: varchar({ length: 5 }).notNull(),
    summary: text(),
  }),
)
const { select, insert, update } = shapesOf(Article)

describe("shapesOf", () => {
  it("tells what a row is, what an insert takes, and what an update takes", () => {
    const row = { id: 1, title: "t", summary: null }
    expect(select.parse(row)).toEqual(row)
    expect(select.safeParse({ title: "t" }).success).toBe(false)
    expect(insert.parse({ title: "t" })).toEqual({ title: "t" })
    expect(insert.safeParse({ title: "longer than 5" }).success).toBe(false)
    expect(insert.safeParse({}).success).toBe(false)
    expect(update.parse({})).toEqual({})
    expectTypeOf<z.output<typeof select>>().toEqualTypeOf<{
      id: number
      title: string
      summary: string | null
    }>()
    expectTypeOf<z.input<typeof insert>>().toEqualTypeOf<{
      title: string
      summary?: string | null | undefined
    }>()
  })

  it("are made once, and make rules", () => {
    expect(shapesOf(Article)).toBe(shapesOf(Article))
    const rules = insert.pick({ title: true }).extend({ title: z.string().min(2, "is short") })
    expect(cast(Article, {}, { title: "t", summary: "s" }, rules)).toMatchObject({
      changes: {},
      errors: [{ message: "is short", path: ["title"] }],
    })
  })
})
