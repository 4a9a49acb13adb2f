import { html, toString as print } from "@bennu/html"
import {
  bigint,
  boolean,
  date,
  doublePrecision,
  integer,
  jsonb,
  pgTable,
  text,
  timestamp,
} from "drizzle-orm/pg-core"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import * as z from "zod"
import { cast, change, inputsFor, type Params, schema, toForm } from "./index.ts"

const things = pgTable("things", {
  id: integer().primaryKey(),
  title: text().notNull(),
  note: text(),
  count: integer(),
  size: doublePrecision(),
  big: bigint({ mode: "bigint" }),
  open: boolean().notNull(),
  day: date({ mode: "date" }),
  at: timestamp(),
  extra: jsonb(),
})
const Thing = schema(things, { virtual: { secret: z.string() } })
const fields = new Set([...Thing.columns.keys(), "secret"])
const rules = z.object({
  title: z.string().trim().min(1).max(10),
  note: z.string().nullish(),
  count: z.int().min(0).nullish(),
  open: z.boolean().default(true),
  at: z.date().nullish(),
  secret: z.string().min(3).optional(),
})

const key = fc.oneof(
  fc.constantFrom(...fields, "__proto__", "constructor", "_unused_title", "admin"),
  fc.string(),
)
const leaf = fc.oneof(
  fc.string(),
  fc.constantFrom("", " ", "on", "12", "-1", "1e3", "2026-11-22", "2026-11-22T10:00", "a\0"),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
)
const { value: sent } = fc.letrec<{ value: unknown; node: unknown }>((tie) => ({
  node: fc.oneof(
    { depthSize: "small" },
    leaf,
    fc.array(tie("node"), { maxLength: 3 }),
    tie("value"),
  ),
  value: fc
    .array(fc.tuple(key, tie("node")), { maxLength: 6 })
    // as JSON.parse makes them: `__proto__` is a key like others
    .map((entries) =>
      JSON.parse(`{${entries.map(([k, v]) => `${JSON.stringify(k)}:${JSON.stringify(v)}`)}}`),
    ),
}))

const row = fc.record(
  {
    title: fc.string({ minLength: 1, maxLength: 10 }).filter((text) => text.trim() === text),
    count: fc.option(fc.nat({ max: 2 ** 31 - 1 })),
    open: fc.boolean(),
  },
  { requiredKeys: [] },
)

describe("cast, whatever is sent", () => {
  it("takes its own output for the same changes", () => {
    fc.assert(
      fc.property(row, sent, (data, params) => {
        const { changes, valid } = cast(Thing, data, params, rules)
        fc.pre(valid)
        expect(cast(Thing, data, changes, rules).changes).toEqual(changes)
      }),
    )
  })

  it("never lets an unknown key into the changes", () => {
    fc.assert(
      fc.property(row, sent, (data, params) => {
        const { changes } = cast(Thing, data, params, z.looseObject({}))
        expect(Object.keys(changes).filter((name) => !fields.has(name))).toEqual([])
        expect(Object.getPrototypeOf(changes)).toBe(Object.prototype)
      }),
    )
  })

  it("changes nothing that the rules do not name", () => {
    fc.assert(
      fc.property(row, sent, (data, params) => {
        const { changes } = cast(Thing, data, params, rules)
        expect(Object.keys(changes).filter((name) => !(name in rules.shape))).toEqual([])
      }),
    )
  })

  it("never loses an error, whatever is done with the changeset after it", () => {
    const steps = fc.array(
      fc.oneof(
        fc.record({ put: fc.constantFrom("title" as const, "note" as const), text: fc.string() }),
        fc.record({ error: fc.string() }),
        fc.record({ drop: fc.constantFrom("title" as const, "count" as const) }),
        fc.constant({ unique: true }),
      ),
    )
    fc.assert(
      fc.property(sent, steps, (params, steps) => {
        let changeset = cast(Thing, {}, params, rules)
        const messages = changeset.errors.map(({ message }) => message)
        for (const step of steps) {
          if ("put" in step) {
            changeset = changeset.putChange(step.put, step.text)
            if (step.text.includes("\0")) messages.push("is invalid")
          } else if ("error" in step) {
            changeset = changeset.addError("note", step.error)
            messages.push(step.error)
          } else if ("drop" in step) changeset = changeset.deleteChange(step.drop)
          else changeset = changeset.uniqueConstraint("title")
        }
        expect(changeset.errors.map(({ message }) => message)).toEqual(messages)
        expect(changeset.valid).toBe(messages.length === 0)
      }),
    )
  })

  it("can be shown in a form", () => {
    fc.assert(
      fc.property(row, sent, (data, params) => {
        const { fields } = toForm(cast(Thing, data, params, rules), { action: "insert" })
        for (const { value, values } of Object.values(fields)) {
          expect([typeof value, values.every((item) => typeof item === "string")]).toEqual([
            "string",
            true,
          ])
        }
      }),
    )
  })
})

describe("a form", () => {
  const visible = fc
    .string({ minLength: 1 })
    .filter((text) => text.trim() !== "" && !text.includes("\0"))
  const time = fc.date({
    min: new Date("0001-01-01T00:00Z"),
    max: new Date("9999-12-31T23:59:59.999Z"),
    noInvalidDate: true,
  })
  const stored = fc.record({
    id: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
    title: visible,
    note: fc.option(visible),
    count: fc.option(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })),
    size: fc.option(
      fc.double({ noNaN: true, noDefaultInfinity: true }).filter((n) => !Object.is(n, -0)),
    ),
    big: fc.option(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
    open: fc.boolean(),
    day: fc.option(time.map((date) => new Date(date.toISOString().slice(0, 10)))),
    at: fc.option(time),
  })

  it("sent back untouched changes nothing", () => {
    const anything = z.looseObject({})
    fc.assert(
      fc.property(stored, (row) => {
        const { fields } = toForm(change(Thing, row))
        const params = Object.fromEntries(
          Object.entries(fields).map(([name, { value }]) => [name, value]),
        )
        const { changes, errors } = cast(Thing, row, { ...params, secret: undefined }, anything)
        // a column that the row did not come with is null for all that a form can tell
        expect({ changes, errors }).toEqual({ changes: { extra: null }, errors: [] })
      }),
    )
  })

  it("gives each value a name that leads back to its place", () => {
    const name = fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9]{0,5}$/)
    const flat = fc.dictionary(name, fc.string(), { minKeys: 1, maxKeys: 4 })
    const prefix = fc.option(fc.array(name, { minLength: 1, maxLength: 3 }))
    fc.assert(
      fc.property(flat, fc.array(flat, { minLength: 1, maxLength: 4 }), prefix, (one, many, at) => {
        const as =
          at === null
            ? undefined
            : at[0] +
              at
                .slice(1)
                .map((part) => `[${part}]`)
                .join("")
        const form = toForm({ one, many }, { as })
        const pairs: [string, string][] = []
        for (const [key, rows] of [
          ["one", [one]],
          ["many", many],
        ] as const) {
          let next = 0
          print(
            inputsFor(form, key, ({ fields }) => {
              for (const field of Object.keys(rows[next++] ?? {})) {
                const { name = "", value = "" } = fields[field] ?? {}
                pairs.push([name, value])
              }
              return html``
            }),
          )
        }
        const decoded = decode(pairs)
        const found = (at ?? []).reduce<unknown>(
          (place, part) => Reflect.get(Object(place), part),
          decoded,
        )
        expect(found).toEqual({ one, many: { ...many } })
      }),
    )
  })
})

/** Names as Plug reads them: `a[b][c]` is a path. */
function decode(pairs: readonly (readonly [string, string])[]): Params {
  const root: Record<string, unknown> = {}
  for (const [name, value] of pairs) {
    const path = name.split("[").map((part) => part.replace("]", ""))
    let place = root
    for (const part of path.slice(0, -1)) {
      const next = Object.hasOwn(place, part) ? place[part] : {}
      place[part] = next
      place = Object(next)
    }
    place[path.at(-1) ?? ""] = value
  }
  return root
}
