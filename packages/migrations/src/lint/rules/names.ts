import { scanSync } from "libpg-query"
import type { Found } from "../rule.ts"

/** Names that PostgreSQL cuts, with a notice that nobody reads. The parser has cut them already, so the words are read. */
export const longNames = (text: string): Found[] =>
  scanSync(text)
    .tokens.filter(({ tokenName, text }) => tokenName === "IDENT" && isLong(text))
    .map(({ text: name }) => ({
      rule: "name-too-long",
      message: `PostgreSQL keeps 63 bytes of ${name}`,
      rewrite: "Give it a shorter one.",
    }))

// NAMEDATALEN, without the quotes: postgresql.org/docs/current/sql-syntax-lexical.html
const isLong = (name: string): boolean =>
  Buffer.byteLength(name.replace(/^"|"$/g, "").replaceAll('""', '"')) > 63
