import type { PgColumn } from "drizzle-orm/pg-core"
import * as fc from "fast-check"
import { dates, days, storableText, times } from "./texts.ts"

type Made = fc.Arbitrary<unknown>

const whole = (bits: number): Made =>
  fc.integer({ min: -(2 ** (bits - 1)), max: 2 ** (bits - 1) - 1 })
const safe: Made = fc.maxSafeInteger()
const real: Made = fc.float({ noNaN: true, noDefaultInfinity: true }).map((number) => {
  // what is nearer to nothing than four bytes can say becomes nothing
  return Math.abs(number) < 1.2e-38 ? 0 : number
})
const finite: Made = fc.double({ noNaN: true, noDefaultInfinity: true })
const json: Made = fc.jsonValue({
  maxDepth: 3,
  stringUnit: storableText(1).filter((c) => c !== ""),
})
const bits = (length: number): Made =>
  fc.string({ unit: fc.constantFrom("0", "1"), minLength: length, maxLength: length })

/** What a column holds, by Drizzle's name of its type. */
const kinds: ReadonlyMap<string, (column: PgColumn) => Made> = new Map<
  string,
  (column: PgColumn) => Made
>([
  ["PgText", text],
  ["PgVarchar", text],
  ["PgChar", text],
  ["PgBoolean", () => fc.boolean()],
  ["PgUUID", () => fc.uuid()],
  ["PgSmallInt", () => whole(16)],
  ["PgSmallSerial", () => whole(16)],
  ["PgInteger", () => whole(32)],
  ["PgSerial", () => whole(32)],
  ["PgBigInt53", () => safe],
  ["PgBigSerial53", () => safe],
  ["PgBigInt64", () => fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })],
  ["PgBigSerial64", () => fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })],
  ["PgReal", () => real],
  ["PgDoublePrecision", () => finite],
  ["PgNumeric", (column) => decimals(column)],
  ["PgNumericNumber", (column) => decimals(column).map(Number)],
  ["PgNumericBigInt", (column) => decimals(column).map((text) => BigInt(text.split(".")[0] ?? 0))],
  ["PgJson", () => json],
  ["PgJsonb", () => json],
  ["PgDate", () => days.map((day) => new Date(day))],
  ["PgDateString", () => days],
  ["PgTimestamp", () => dates()],
  ["PgTimestampString", () => dates().map((at) => at.toISOString())],
  ["PgTime", () => times],
  [
    "PgInterval",
    () =>
      fc.tuple(fc.nat(9_999), fc.nat(59)).map(([h, m]) => `${h}:${String(m).padStart(2, "0")}:00`),
  ],
  ["PgInet", () => fc.oneof(fc.ipV4(), fc.ipV6())],
  ["PgCidr", () => fc.ipV4().map((ip) => `${ip}/32`)],
  ["PgMacaddr", () => mac(6)],
  ["PgMacaddr8", () => mac(8)],
  ["PgPointTuple", () => fc.tuple(finite, finite).map((point) => [...point])],
  ["PgPointObject", () => fc.record({ x: finite, y: finite }, { noNullPrototype: true })],
  ["PgVector", (column) => fc.array(real, exactly(sized(column, "dimensions")))],
  [
    "PgHalfVector",
    (column) => fc.array(fc.integer({ min: -99, max: 99 }), exactly(sized(column, "dimensions"))),
  ],
  ["PgBinaryVector", (column) => bits(sized(column, "dimensions"))],
])

/** What a column can hold, and null where it may; undefined where nobody knows. */
export function columnValues(column: PgColumn): Made | undefined {
  const made = known(column)
  return made && (column.notNull ? made : fc.option(made, { nil: null }))
}

function known(column: PgColumn): Made | undefined {
  if (column.enumValues?.length) return fc.constantFrom(...column.enumValues)
  if (column.columnType !== "PgArray") return kinds.get(column.columnType)?.(column)
  // Drizzle's array columns hold the column of their items
  const item = known(Reflect.get(column, "baseColumn") as PgColumn)
  const size: unknown = Reflect.get(column, "size")
  return item && fc.array(item, typeof size === "number" ? exactly(size) : { maxLength: 5 })
}

const exactly = (length: number) => ({ minLength: length, maxLength: length })
const sized = (column: PgColumn, name: string, otherwise = 1): number => {
  const size: unknown = Reflect.get(column, name)
  return typeof size === "number" ? size : otherwise
}

function text(column: PgColumn): Made {
  const length: unknown = Reflect.get(column, "length")
  return storableText(typeof length === "number" ? length : undefined)
}

/** As many digits as there is room for, and few enough for a number to tell them apart. */
function decimals(column: PgColumn): fc.Arbitrary<string> {
  const scale = sized(column, "scale", 0)
  const before = Math.min(sized(column, "precision", 15 + scale) - scale, Math.max(15 - scale, 0))
  const nines = 10 ** before - 1
  const fractions = fc.string({
    unit: fc.constantFrom(..."0123456789"),
    ...exactly(scale),
  })
  return fc
    .tuple(fc.integer({ min: -nines, max: nines }), fractions)
    .map(([integer, fraction]) => (scale === 0 ? String(integer) : `${integer}.${fraction}`))
}

const mac = (bytes: number): Made =>
  fc
    .array(fc.integer({ min: 0, max: 255 }), exactly(bytes))
    .map((parts) => parts.map((part) => part.toString(16).padStart(2, "0")).join(":"))
