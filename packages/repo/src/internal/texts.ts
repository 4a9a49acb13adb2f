import { Column, is, Param, SQL, StringChunk, sql } from "drizzle-orm"
import type { PgDialect } from "drizzle-orm/pg-core"
import type { Statement } from "../driver.ts"
import { encode } from "./codec.ts"

type Params = (string | null)[]

/**
 * Makes text of Drizzle's expressions. What nearly all of them consist of (text, columns, values) is put together here, in a
 * tenth of the time; an expression with anything else in it is left to Drizzle's dialect as a whole.
 */
export class Texts {
  readonly #dialect: PgDialect
  readonly #columns = new WeakMap<Column, string>()

  constructor(dialect: PgDialect) {
    this.#dialect = dialect
  }

  of(whole: SQL): Statement {
    const params: Params = []
    const text = this.#expression(whole, params)
    if (text !== null) return { text, params }
    const made = this.#dialect.sqlToQuery(whole)
    return { text: made.sql, params: made.params.map(encode) }
  }

  /** @returns Null where something is in it that only Drizzle knows. */
  #expression(expression: SQL, params: Params): string | null {
    // private in Drizzle's types; it says that values are to stand in the text
    if (Reflect.get(expression, "shouldInlineParams") === true) return null
    let text = ""
    for (const chunk of expression.queryChunks) {
      const part = this.#part(chunk, params)
      if (part === null) return null
      text += part
    }
    return text
  }

  #part(chunk: unknown, params: Params): string | null {
    switch (typeof chunk) {
      case "undefined":
        return ""
      case "string":
      case "number":
        return `$${params.push(encode(chunk))}`
    }
    // Drizzle's `is` knows the classes of another copy of Drizzle too, which an app may have
    if (is(chunk, StringChunk)) return chunk.value.join("")
    if (is(chunk, SQL)) return this.#expression(chunk, params)
    if (is(chunk, Column)) return this.#column(chunk)
    if (!is(chunk, Param) || !isPlain(chunk.value)) return null
    const { value, encoder } = chunk
    const mapped: unknown = value === null ? null : encoder.mapToDriverValue(value)
    return isPlain(mapped) ? `$${params.push(encode(mapped))}` : null
  }

  #column(column: Column): string {
    let text = this.#columns.get(column)
    if (text === undefined) {
      text = this.#dialect.sqlToQuery(sql`${column}`).sql
      this.#columns.set(column, text)
    }
    return text
  }
}

/** Whether a value is one for sure, and not an expression or a placeholder. */
const isPlain = (value: unknown): boolean =>
  typeof value !== "object" || value === null || value instanceof Date || Array.isArray(value)
