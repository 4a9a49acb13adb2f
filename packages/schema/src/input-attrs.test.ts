import { attrs, html, toString as markupOf } from "@bennu/html"
import {
  bigint,
  boolean,
  date,
  integer,
  jsonb,
  numeric,
  pgTable,
  text,
  timestamp,
} from "drizzle-orm/pg-core"
import { describe, expect, it } from "vitest"
import * as z from "zod"
import {
  type Changeset,
  cast,
  change,
  embeddedSchema,
  inputAttrs,
  inputsFor,
  schema,
  toForm,
} from "./index.ts"

const trips = pgTable("trips", {
  id: integer().primaryKey(),
  place: text().notNull(),
  email: text().notNull(),
  site: text(),
  note: text(),
  day: date().notNull(),
  at: timestamp().notNull(),
  seats: integer().notNull(),
  spare: integer(),
  dogs: integer().notNull().default(0),
  price: numeric().notNull(),
  distance: bigint({ mode: "bigint" }),
  paid: boolean().notNull(),
  tags: text().array().notNull(),
  address: jsonb(),
})
const Stop = schema(pgTable("stops", { id: integer().primaryKey(), name: text().notNull() }))
const Trip = schema(trips, {
  virtual: { password: z.string() },
  hasMany: { stops: () => Stop },
  embeds: { address: z.object({ city: z.string().min(2) }).nullable() },
})
const rules = z.object({
  place: z.string().trim().min(1).max(60),
  email: z.email(),
  site: z.url().nullish(),
  note: z.string().min(3).max(280).nullish(),
  day: z.iso.date(),
  at: z.date(),
  seats: z.int().positive().max(8),
  spare: z.int().nullish(),
  dogs: z.int().default(0),
  price: z.string(),
  paid: z.boolean(),
  tags: z.array(z.string()),
  password: z.string().min(12),
})
const trip = (params: unknown = {}) => cast(Trip, {}, params, rules)
const written = (given: ReturnType<typeof inputAttrs>) =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null && value !== false))
const fieldsOf = (changeset: Changeset<typeof Trip>) => toForm(changeset).fields

describe("inputAttrs", () => {
  it("says all that a control needs, from the column and the rules", () => {
    const { place, seats } = fieldsOf(trip({ seats: "2" }))
    expect(markupOf(html`<input ${attrs(inputAttrs(place))}>`)).toBe(
      '<input id="trip_place" name="place" type="text" value="" required minlength="1" maxlength="60">',
    )
    expect(markupOf(html`<input ${attrs(inputAttrs(seats))}>`)).toBe(
      '<input id="trip_seats" name="seats" type="number" value="2" required min="1" max="8" step="any">',
    )
  })

  it.each([
    ["place", "text"],
    ["email", "email"],
    ["site", "url"],
    ["day", "date"],
    ["at", "datetime-local"],
    ["seats", "number"],
    ["price", "number"],
    ["distance", "number"],
  ] as const)("knows what kind of text %s is: %s", (field, type) => {
    expect(inputAttrs(fieldsOf(trip())[field])["type"]).toBe(type)
  })

  it("asks for what an empty input would be refused for, and for nothing else", () => {
    const { fields } = toForm(trip())
    const required = Object.entries(fields).filter(([, { limits }]) => limits.required)
    expect(required.map(([name]) => name)).toEqual([
      ...["place", "email", "day", "at", "seats", "price", "password"],
    ])
    const filled = {
      ...{ place: "p", email: "a@b.se", day: "2027-01-01", at: "2027-01-01T10:00", seats: "1" },
      ...{ price: "1", paid: "false", tags: [], password: "a long password" },
    }
    const refused = (field: string) => !trip({ ...filled, [field]: "" }).valid
    expect(trip(filled).errors).toEqual([])
    // a box and a list are asked for nothing: there is no empty input for them
    expect(Object.keys(filled).filter(refused)).toEqual([
      ...["place", "email", "day", "at", "seats", "price", "paid", "tags", "password"],
    ])
    expect(["site", "note", "spare", "dogs"].filter(refused)).toEqual([])
  })

  it("asks, without rules, for what the column cannot do without", () => {
    const { fields } = toForm(change(Trip, {}))
    const required = Object.entries(fields).filter(([, { limits }]) => limits.required)
    expect(required.map(([name]) => name)).toEqual(["id", "day", "at", "seats", "price"])
  })

  it("asks for nothing that has a default, or may be null", () => {
    const lenient = z.object({
      place: z.string().min(1).default("here"),
      email: z.email().or(z.literal("")),
      spare: z.int().min(1).nullable(),
      dogs: z.int().min(1).optional(),
      note: z.string().min(1).nullable(),
    })
    const { fields } = toForm(cast(Trip, {}, {}, lenient))
    expect(Object.values(fields).filter(({ limits }) => limits.required)).toEqual([])
    expect(fields.email.limits).toMatchObject({ type: "text", minlength: null })
    expect(fields.spare.limits.min).toBe(1)
  })

  it("knows what a changeset was asked beside its rules, and takes the narrower", () => {
    const { place, note, seats, distance } = fieldsOf(
      trip()
        .validateRequired(["note", "tags", "paid"])
        .validateLength("place", { min: 5, max: 9 })
        .validateLength("note", { max: 99, count: "bytes" })
        .validateNumber("seats", { greaterThan: 0, lessThanOrEqualTo: 4 })
        .validateNumber("distance", { greaterThanOrEqualTo: 9007199254740993n })
        .withAction("insert"),
    )
    expect(place.limits).toMatchObject({ minlength: 5, maxlength: 60 })
    expect(note.limits).toMatchObject({ required: true, minlength: 3, maxlength: 99 })
    expect(seats.limits).toMatchObject({ min: 1, max: 4 })
    expect(inputAttrs(distance)["min"]).toBe("9007199254740993")
    const { tags, paid } = fieldsOf(trip().validateRequired(["tags", "paid"]))
    expect([tags.limits.required, paid.limits.required]).toEqual([false, false])
  })

  it("remembers what was asked when it found something, and in changesets that are merged", () => {
    const short = trip({ place: "a" }).putChange("place", "a").validateLength("place", { min: 2 })
    expect(short.valid).toBe(false)
    expect(fieldsOf(short).place.limits.minlength).toBe(2)
    const merged = change(Trip, {}).merge(short)
    expect(fieldsOf(merged).place.limits).toMatchObject({ minlength: 2, maxlength: 60 })
    const said = toForm(short, { translate: ({ code }) => code })
    expect(said.fields.place.limits.minlength).toBe(2)
  })

  it("limits no text by characters, of which a browser counts some several times", () => {
    const family = "👨‍👩‍👧"
    const short = change(Trip, {}, { place: family }).validateLength("place", { max: 3 })
    expect([short.valid, fieldsOf(short).place.limits.maxlength]).toEqual([true, null])
    const long = change(Trip, {}, { place: "é" })
    const bytes = long.validateLength("place", { min: 2, count: "bytes" })
    expect([bytes.valid, fieldsOf(bytes).place.limits.minlength]).toEqual([true, null])
  })

  it.each([
    [/^[a-z0-9_]+$/, "[a-z0-9_]+"],
    [/^\d{3}-\d{2}$/g, "\\d{3}-\\d{2}"],
    [/^[^@]+@[^@]+$/u, "[^@]+@[^@]+"],
    [/^\$$/, "\\$"],
    ["without an end", /^a/],
    ["whose end is a character", /^a\$/],
    ["without a start", /a$/],
    ["with another beside its anchors", /^a|b$/],
    ["that does not mind capitals", /^[a-z]+$/i],
    ["over lines", /^a$/m],
    ["that counts half characters", /^.{1,3}$/],
    ["that counts half of what it does not name", /^[^a]\W$/],
    ["that `v` reads otherwise", /^[a&&b]$/],
    ["that `v` cannot read", /^[(]$/],
  ])("tells a browser the pattern %s as %s", (one, other) => {
    const [format, pattern] = one instanceof RegExp ? [one, other] : [other, null]
    const { place } = fieldsOf(trip().validateFormat("place", format as RegExp))
    expect(place.limits.pattern).toBe(pattern)
  })

  it("takes no pattern from rules, whose flags nobody tells", () => {
    const named = z.object({ place: z.string().regex(/^[a-z]+$/i) })
    expect(fieldsOf(cast(Trip, {}, { place: "Ada" }, named)).place.limits.pattern).toBeNull()
  })

  it("points to what is wrong, and to a hint", () => {
    const { place } = fieldsOf(trip({ place: "" }))
    expect(place.errorsId).toBe("trip_place-errors")
    expect(inputAttrs(place, { describedBy: "hint" })).toMatchObject({
      "aria-invalid": "true",
      "aria-describedby": "hint trip_place-errors",
    })
    const { place: unused } = fieldsOf(trip())
    expect(inputAttrs(unused, { describedBy: "hint" })).toMatchObject({
      "aria-invalid": null,
      "aria-describedby": "hint",
    })
    expect(inputAttrs(unused)["aria-describedby"]).toBeNull()
  })

  it("gives each control what it has attributes for", () => {
    const { place, seats, password } = fieldsOf(trip({ place: "p", password: "s3cret" }))
    const names = (given: ReturnType<typeof inputAttrs>) => Object.keys(written(given))
    expect(names(inputAttrs(place, { type: "textarea" }))).toEqual([
      ...["id", "name", "required", "minlength", "maxlength"],
    ])
    expect(names(inputAttrs(seats, { type: "select" }))).toEqual(["id", "name", "required"])
    expect(names(inputAttrs(seats, { type: "text" }))).toEqual([
      ...["id", "name", "type", "value", "required"],
    ])
    expect(inputAttrs(password, { type: "password" })).toMatchObject({
      value: null,
      minlength: "12",
    })
  })

  it("escapes what was sent like any attribute", () => {
    const { place } = fieldsOf(trip({ place: '"><script>' }))
    expect(markupOf(html`<input ${attrs(inputAttrs(place))}>`)).toContain(
      'value="&quot;&gt;&lt;script&gt;"',
    )
  })

  it("knows nested rows by their own rules, and an embed by its schema", () => {
    const stop = (row: Partial<typeof Stop.$inferSelect>, params: unknown) =>
      cast(Stop, row, params, z.object({ name: z.string().min(1).max(20) }))
    const form = toForm(
      trip({ stops: [{ name: "" }], address: { city: "" } })
        .castNested("stops", stop)
        .castNested("address"),
    )
    const stops = inputsFor(form, "stops", ({ fields }) => html`${fields.name.limits.maxlength}`)
    const address = inputsFor(
      form,
      "address",
      ({ fields }) => html`${fields.city.limits.minlength}`,
    )
    expect([markupOf(stops), markupOf(address)]).toEqual([expect.stringMatching(/20$/), "2"])
  })

  it("knows a form without a table, by its rules", () => {
    const wanted = z.object({ q: z.string().min(2), page: z.coerce.number().min(1) })
    const { q, page } = toForm({ q: "", page: 1 }, { rules: wanted }).fields
    expect([q.limits.required, q.limits.minlength]).toEqual([true, 2])
    // an empty text is coerced to a number
    expect(written(inputAttrs(page))).toMatchObject({ type: "number", min: "1" })
    expect(page.limits.required).toBe(false)
    const Search = embeddedSchema("search", { q: z.string() })
    expect(toForm(cast(Search, {}, {}, wanted)).fields.q.limits.minlength).toBe(2)
  })

  it("says nothing of rules that cannot tell", () => {
    const silent = {
      "~standard": {
        version: 1,
        vendor: "us",
        validate: (value: unknown) => ({ value: value as {} }),
      },
    } as const
    const failing = {
      "~standard": {
        ...silent["~standard"],
        jsonSchema: {
          input() {
            throw new Error("no word for that")
          },
        },
      },
    }
    for (const rules of [silent, failing]) {
      const { seats } = fieldsOf(cast(Trip, {}, {}, rules))
      expect(seats.limits).toMatchObject({ type: "number", required: false, min: null })
    }
  })
})
