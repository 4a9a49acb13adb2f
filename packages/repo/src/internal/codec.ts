// Values between JavaScript and PostgreSQL's text format: the same for every driver.
// Oids are fixed in PostgreSQL's source: src/include/catalog/pg_type.dat
import { RepoUsageError } from "../errors.ts"

type Decode = (text: string) => unknown
type Decoders = ReadonlyMap<number, Decode>

const identity: Decode = (text) => text
const boolean: Decode = (text) => text === "t"
const bytes: Decode = (text) => Buffer.from(text.slice(2), "hex")

/** "2026-11-22 15:04:08.1+00" as an instant; what JavaScript cannot say (infinity, 4713 BC) stays text. */
function instant(text: string): unknown {
  const date = new Date(text)
  return Number.isNaN(date.getTime()) ? text : date
}
const localInstant: Decode = (text) => {
  const date = instant(`${text}Z`)
  return date instanceof Date ? date : text
}

/**
 * A JSON string stays in its quotes: Drizzle's json columns parse text, and would parse `"123"` twice.
 * Everything else is parsed, as Drizzle's own drivers do, for the sake of `sql` expressions.
 */
const jsonForDrizzle: Decode = (text) => (text.startsWith('"') ? text : JSON.parse(text))

/** Element type of the array types that we know. */
const scalars: readonly (readonly [type: number, array: number, plain: Decode, drizzle: Decode])[] =
  [
    [16, 1000, boolean, boolean],
    [17, 1001, bytes, bytes],
    [20, 1016, identity, identity], // int8: beyond what a number holds
    [21, 1005, Number, Number],
    [23, 1007, Number, Number],
    [26, 1028, Number, Number],
    [700, 1021, Number, Number],
    [701, 1022, Number, Number],
    [114, 199, JSON.parse, jsonForDrizzle],
    [3802, 3807, JSON.parse, jsonForDrizzle],
    [1114, 1115, localInstant, identity], // Drizzle's columns read the text
    [1184, 1185, instant, identity],
    [1082, 1182, identity, identity], // a date is a day, not an instant
    [1083, 1183, identity, identity],
    [1186, 1187, identity, identity],
    [1700, 1231, identity, identity], // numeric: exact only as text
    [25, 1009, identity, identity],
    [1043, 1015, identity, identity],
    [1042, 1014, identity, identity],
    [19, 1003, identity, identity],
    [2950, 2951, identity, identity],
  ]

function decoders(pick: (plain: Decode, drizzle: Decode) => Decode): Decoders {
  return new Map(
    scalars.flatMap(([type, array, plain, drizzle]) => {
      const decode = pick(plain, drizzle)
      return [
        [type, decode],
        [array, (text: string) => parseArray(text, decode)],
      ] as const
    }),
  )
}

/** What people read: dates are `Date`, JSON is parsed, int8 and numeric are text. */
export const plain: Decoders = decoders((decode) => decode)
/** What Drizzle's columns want to decode themselves. */
export const drizzle: Decoders = decoders((_, decode) => decode)

export function decodersOf(columns: readonly { type: number }[], all: Decoders): Decode[] {
  return columns.map(({ type }) => all.get(type) ?? identity)
}

/** What reads one type; undefined where its text is its value. */
export function decoderOf(type: number, all: Decoders): Decode | undefined {
  const decode = all.get(type)
  return decode === identity ? undefined : decode
}

/** PostgreSQL's array literal: `{1,NULL,"a \"b\"",{2}}` (postgresql.org/docs/current/arrays.html#ARRAYS-IO). */
export function parseArray(text: string, decode: Decode): unknown[] {
  // "[0:2]={…}" names the bounds where they do not start at 1
  let at = text.startsWith("[") ? text.indexOf("=") + 1 : 0
  const list = (): unknown[] => {
    const items: unknown[] = []
    at += 1
    while (at < text.length) {
      const char = text[at]
      if (char === "}") {
        at += 1
        return items
      }
      if (char === ",") at += 1
      else if (char === "{") items.push(list())
      else items.push(char === '"' ? decode(quoted()) : bare())
    }
    return items
  }
  const quoted = (): string => {
    let value = ""
    for (at += 1; at < text.length && text[at] !== '"'; at += 1) {
      if (text[at] === "\\") at += 1
      value += text[at] ?? ""
    }
    at += 1
    return value
  }
  const bare = (): unknown => {
    const start = at
    while (at < text.length && text[at] !== "," && text[at] !== "}") at += 1
    const value = text.slice(start, at)
    return value === "NULL" ? null : decode(value)
  }
  return list()
}

/** A parameter as PostgreSQL reads it; the server knows which type it stands for. */
export function encode(value: unknown): string | null {
  switch (typeof value) {
    case "string":
      return value
    case "number":
    case "bigint":
    case "boolean":
      return String(value)
    case "undefined":
      return null
    case "object":
      if (value === null) return null
      if (value instanceof Date) return value.toISOString()
      if (value instanceof Uint8Array)
        return `\\x${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("hex")}`
      if (Array.isArray(value)) return arrayLiteral(value)
      return JSON.stringify(value)
    default:
      throw new RepoUsageError(
        `a ${typeof value} cannot be a query's parameter`,
        "Pass text, a number, a boolean, a Date, bytes, an array or a plain object.",
      )
  }
}

const special = /["\\]/

function arrayLiteral(values: readonly unknown[]): string {
  const items = values.map((value) => {
    if (Array.isArray(value)) return arrayLiteral(value)
    const text = encode(value)
    if (text === null) return "NULL"
    return special.test(text)
      ? `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`
      : `"${text}"`
  })
  return `{${items.join(",")}}`
}
