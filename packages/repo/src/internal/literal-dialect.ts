import { PgDialect } from "drizzle-orm/pg-core"
import { RepoUsageError } from "../errors.ts"
import { encode } from "./codec.ts"

/** Writes values into the text, quoted, where other statements have parameters: COPY takes none. */
export class LiteralDialect extends PgDialect {
  override escapeParam(_: number, value?: unknown): string {
    return literal(encode(value))
  }
}

/** As PostgreSQL's `quote_literal` does, whatever `standard_conforming_strings` says. */
export function literal(text: string | null): string {
  if (text === null) return "null"
  if (text.includes("\0"))
    throw new RepoUsageError("PostgreSQL's text cannot hold a NUL character", "Take it out.")
  const quoted = `'${text.replaceAll("'", "''")}'`
  return text.includes("\\") ? ` E${quoted.replaceAll("\\", "\\\\")}` : quoted
}
