import { fileURLToPath } from "node:url"
import { pgTable, text } from "drizzle-orm/pg-core"
import { describe, expect, it } from "vitest"
import { embeddedSchema, schema, unscoped } from "./index.ts"

describe("where a schema is defined", () => {
  const here = fileURLToPath(import.meta.url)
  const Tag = schema(pgTable("tags", { name: text() }))

  it("is known to the line, so that errors can point there", () => {
    expect(Tag.definedAt).toBe(`${here}:8:15`)
    expect(unscoped(Tag).definedAt).toBe(Tag.definedAt)
    expect(embeddedSchema("search", {}).definedAt).toMatch(/embedded-schema\.[jt]s:\d+:\d+$/)
  })

  it("leaves stacks as they were", () => {
    const before = Error.stackTraceLimit
    schema(pgTable("tags", { name: text() }))
    expect(Error.stackTraceLimit).toBe(before)
  })
})
