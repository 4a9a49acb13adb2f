import {
  type Arbitrary,
  base64String,
  constantFrom,
  date,
  integer,
  ipV4,
  ipV6,
  record,
  string,
  stringMatching,
  tuple,
  uuid,
  webUrl,
} from "fast-check"

/** One character that PostgreSQL can store: a code point, neither NUL nor half of a pair. */
const character = string({ unit: "binary", minLength: 1, maxLength: 1 }).filter(
  (text) => text !== "\0",
)

/** Text that a database can store. @param length At most, in code points. */
export const storableText = (length: number | undefined): Arbitrary<string> =>
  string({ unit: character, ...(length === undefined ? {} : { maxLength: length }) })

/** A day of the years that everybody writes with four digits. */
export const dates = (
  min = new Date("0001-01-01T00:00:00Z"),
  max = new Date("9999-12-31T23:59:59.999Z"),
): Arbitrary<Date> => date({ min, max, noInvalidDate: true })

export const days: Arbitrary<string> = dates().map((at) => at.toISOString().slice(0, 10))
export const times: Arbitrary<string> = dates().map((at) => at.toISOString().slice(11, 19))

const label = stringMatching(/^[a-z][a-z0-9]{0,9}$/)
const letters = (alphabet: string, length: number): Arbitrary<string> =>
  string({ unit: constantFrom(...alphabet), minLength: length, maxLength: length })
const base64url = (value: object): string =>
  Buffer.from(JSON.stringify(value)).toString("base64url")

/** Text of zod's formats; those that are missing have a pattern that says everything. */
export const formats: ReadonlyMap<string, (definition: object) => Arbitrary<string>> = new Map<
  string,
  (definition: object) => Arbitrary<string>
>([
  [
    "email",
    () =>
      tuple(label, label, label).map(
        ([who, where, top]) => `${who}@${where}.${top.replaceAll(/\d/g, "")}om`,
      ),
  ],
  ["url", () => webUrl()],
  ["uuid", (definition) => uuid(versionOf(definition))],
  ["guid", () => uuid()],
  ["datetime", (definition) => dates().map((at) => instant(at, definition))],
  ["date", () => days],
  [
    "time",
    (definition) => dates().map((at) => instant(at, definition).slice(11).replace(/Z$/, "")),
  ],
  [
    "duration",
    () =>
      tuple(integer({ min: 0, max: 99 }), integer({ min: 0, max: 99 })).map(
        ([d, h]) => `P${d}DT${h}H`,
      ),
  ],
  ["ipv4", () => ipV4()],
  ["ipv6", () => ipV6()],
  [
    "cidrv4",
    () => tuple(ipV4(), integer({ min: 0, max: 32 })).map(([ip, bits]) => `${ip}/${bits}`),
  ],
  [
    "cidrv6",
    () => tuple(ipV6(), integer({ min: 0, max: 128 })).map(([ip, bits]) => `${ip}/${bits}`),
  ],
  ["base64", () => base64String()],
  [
    "base64url",
    () =>
      base64String().map((text) =>
        text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", ""),
      ),
  ],
  ["hostname", () => tuple(label, label).map((labels) => labels.join("."))],
  ["emoji", () => constantFrom("🦦", "🌍", "🎉", "🧪", "❤")],
  ["nanoid", () => letters("abcXYZ019_-", 21)],
  ["ulid", () => letters("0123ABCXYZ", 26)],
  [
    "jwt",
    (definition) =>
      record({ sub: uuid() }).map(
        (claims) =>
          `${base64url({ alg: Reflect.get(definition, "alg") ?? "HS256", typ: "JWT" })}.${base64url(claims)}.c2ln`,
      ),
  ],
])

type UuidVersion = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8
const versionOf = (definition: object): { version?: UuidVersion } => {
  const version: unknown = Reflect.get(definition, "version")
  // zod's versions are "v1" to "v8"
  return typeof version === "string" ? { version: Number(version.slice(1)) as UuidVersion } : {}
}

/** ISO 8601 with as many digits of a second as the format wants. */
function instant(at: Date, definition: object): string {
  const text = at.toISOString()
  const precision: unknown = Reflect.get(definition, "precision")
  if (typeof precision !== "number") return text
  if (precision === -1) return `${text.slice(0, 16)}Z`
  const fraction =
    precision === 0 ? "" : `.${text.slice(20, 23).padEnd(precision, "0").slice(0, precision)}`
  return `${text.slice(0, 19)}${fraction}Z`
}
