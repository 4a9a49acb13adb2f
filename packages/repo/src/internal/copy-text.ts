// COPY's text format: a line for each row, tabs between its values, \N for null.
// postgresql.org/docs/current/sql-copy.html#SQL-COPY-FILE-FORMATS
import { RepoUsageError } from "../errors.ts"

const NULL = "\\N"
/** What the server writes for each; what we write is read either way. */
const escapes: readonly (readonly [char: string, written: string])[] = [
  ["\\", "\\\\"],
  ["\t", "\\t"],
  ["\n", "\\n"],
  ["\r", "\\r"],
  ["\b", "\\b"],
  ["\f", "\\f"],
  ["\v", "\\v"],
]
const written = new Map(escapes)
const read = new Map(escapes.map(([char, text]) => [text, char]))

/**
 * A row as a line.
 * @param values PostgreSQL's text of each, or null.
 * @param name Of the value at a place, for an error.
 */
export function copyLine(values: readonly (string | null)[], name: (at: number) => string): string {
  const fields = values.map((value, at) => {
    if (value === null) return NULL
    if (value.includes("\0"))
      throw new RepoUsageError(
        `${name(at)} holds a NUL character, which PostgreSQL's text cannot`,
        'Take it out, value.replaceAll("\\0", ""), or keep the value in a bytea.',
      )
    return value.replace(/[\\\t\n\r\b\f\v]/g, (char) => written.get(char) ?? char)
  })
  return `${fields.join("\t")}\n`
}

/** Puts lines together from pieces that were cut anywhere, and takes them apart into values. */
export class CopyReader {
  #rest: Uint8Array[] = []

  rows(piece: Uint8Array): (string | null)[][] {
    const end = piece.lastIndexOf(10)
    if (end === -1) {
      this.#rest.push(piece)
      return []
    }
    const text = Buffer.concat([...this.#rest, piece.subarray(0, end)]).toString()
    this.#rest = [piece.subarray(end + 1)]
    return text.split("\n").map((line) => line.split("\t").map(unescaped))
  }
}

function unescaped(field: string): string | null {
  if (!field.includes("\\")) return field
  if (field === NULL) return null
  return field.replace(/\\./g, (text) => read.get(text) ?? text.slice(1))
}
