import { bigint, integer, pgTable, text } from "drizzle-orm/pg-core"
import { describe, expect, it } from "vitest"
import * as z from "zod"
import { type Changeset, cast, change, schema, traverseErrors } from "./index.ts"

const Account = schema(
  pgTable("accounts", {
    id: integer().primaryKey(),
    name: text(),
    role: text(),
    tags: text().array(),
    age: integer(),
    credit: bigint({ mode: "bigint" }),
  }),
  { virtual: { password: z.string() } },
)
type Row = Parameters<typeof change<typeof Account>>[2]
const changes = (row: Row) => change(Account, {}, row)
const said = (changeset: Changeset<typeof Account>) =>
  changeset.errors.map(({ message, code, params }) => [message, code, params])

describe("a validation", () => {
  it("looks at what changes, and at nothing else", () => {
    const stored = change(Account, { name: "much too long", age: 200 })
    expect(
      stored.validateLength("name", { max: 3 }).validateNumber("age", { lessThan: 9 }).valid,
    ).toBe(true)
    expect(changes({ name: null }).validateFormat("name", /^a/).valid).toBe(true)
  })

  it("of what is required looks at the row as it would be", () => {
    const stored = { name: "Ada", role: "admin" }
    expect(change(Account, stored).validateRequired(["name", "role"]).valid).toBe(true)
    const emptied = change(Account, stored, { name: " \t", role: null })
    expect(said(emptied.validateRequired(["name", "role", "age"]))).toEqual([
      ["can't be blank", "required", {}],
      ["can't be blank", "required", {}],
      ["can't be blank", "required", {}],
    ])
  })

  it.each([
    ["abc", { is: 3 }, null],
    ["abc", { is: 4 }, "should be 4 character(s)"],
    ["abc", { min: 3, max: 3 }, null],
    ["ab", { min: 3 }, "should be at least 3 character(s)"],
    ["abcd", { max: 3 }, "should be at most 3 character(s)"],
    ["👨‍👩‍👧é", { is: 2 }, null],
    ["👨‍👩‍👧", { is: 5, count: "codepoints" }, null],
    ["é", { max: 1, count: "bytes" }, "should be at most 1 byte(s)"],
    ["\r\n", { is: 1 }, null],
    ["abc", { max: 2, message: "is long" }, "is long"],
    ["", { min: 1 }, "should be at least 1 character(s)"],
  ] as const)("of the length of %j with %j says %j", (name, bounds, message) => {
    const { errors } = changes({ name }).validateLength("name", bounds)
    expect(errors.map((error) => error.message)).toEqual(message === null ? [] : [message])
  })

  it("of length counts the items of a list, and tells the bound", () => {
    expect(said(changes({ tags: ["a"] }).validateLength("tags", { min: 2 }))).toEqual([
      ["should have at least 2 item(s)", "length.min", { count: 2 }],
    ])
  })

  it("of length does not take apart what is megabytes too long", () => {
    const name = "é".repeat(2_000_000)
    const { errors } = changes({ name }).validateLength("name", { max: 10 })
    expect(errors[0]?.code).toBe("length.max")
  })

  it.each([
    [{ lessThan: 5 }, "must be less than 5"],
    [{ greaterThan: 5 }, "must be greater than 5"],
    [{ lessThanOrEqualTo: 4 }, "must be less than or equal to 4"],
    [{ greaterThanOrEqualTo: 6 }, "must be greater than or equal to 6"],
    [{ equalTo: 6 }, "must be equal to 6"],
    [{ notEqualTo: 5 }, "must be not equal to 5"],
    [{ greaterThan: 4, lessThan: 6, equalTo: 5, notEqualTo: 4 }, null],
    [{ lessThan: 1, message: "is old" }, "is old"],
  ])("of the number 5 with %j says %j, also of a bigint", (bounds, message) => {
    for (const changeset of [
      changes({ age: 5 }).validateNumber("age", bounds),
      changes({ credit: 5n }).validateNumber("credit", bounds),
    ]) {
      expect(changeset.errors.map((error) => error.message)).toEqual(message ? [message] : [])
    }
  })

  it("of format is not led astray by a pattern that remembers where it was", () => {
    const sticky = /a/g
    expect(changes({ name: "xa" }).validateFormat("name", sticky).valid).toBe(true)
    expect(changes({ name: "xa" }).validateFormat("name", sticky).valid).toBe(true)
    expect(said(changes({ name: "b" }).validateFormat("name", sticky))).toEqual([
      ["has invalid format", "format", {}],
    ])
  })

  it("of inclusion, exclusion and subset knows the values by identity, prototype names too", () => {
    const allowed = ["user", "admin"]
    expect(changes({ role: "user" }).validateInclusion("role", allowed).valid).toBe(true)
    expect(said(changes({ role: "constructor" }).validateInclusion("role", allowed))).toEqual([
      ["is invalid", "inclusion", { allowed }],
    ])
    expect(said(changes({ name: "root" }).validateExclusion("name", ["root"]))).toEqual([
      ["is reserved", "exclusion", {}],
    ])
    expect(changes({ tags: ["a", "a"] }).validateSubset("tags", ["a", "b"]).valid).toBe(true)
    expect(said(changes({ tags: ["a", "c"] }).validateSubset("tags", ["a"]))).toEqual([
      ["has an invalid entry", "subset", { allowed: ["a"] }],
    ])
  })

  it("of a confirmation compares what was sent, and stands at the confirmation", () => {
    const rules = z.object({ password: z.string() })
    const sent = (params: object) => cast(Account, {}, params, rules)
    const both = { password: "a", passwordConfirmation: "a" }
    expect(sent(both).validateConfirmation("password").valid).toBe(true)
    expect(sent({ password: "a" }).validateConfirmation("password").valid).toBe(true)
    const other = { password: "a", passwordConfirmation: "b" }
    expect(sent(other).validateConfirmation("password").errors).toMatchObject([
      {
        path: ["passwordConfirmation"],
        code: "confirmation",
        message: "does not match confirmation",
      },
    ])
    const required = sent({ password: "a" }).validateConfirmation("password", { required: true })
    expect(required.errors).toMatchObject([{ path: ["passwordConfirmation"], code: "required" }])
    expect(sent({}).validateConfirmation("password", { required: true }).errors).toHaveLength(1)
  })

  it("of acceptance asks for a ticked box, and only of what somebody sent", () => {
    const rules = z.object({ name: z.string().optional() })
    for (const terms of [true, "true", "on", "1"])
      expect(cast(Account, {}, { terms }, rules).validateAcceptance("terms").valid).toBe(true)
    expect(cast(Account, {}, {}, rules).validateAcceptance("terms").errors).toMatchObject([
      { path: ["terms"], code: "acceptance" },
    ])
    expect(changes({}).validateAcceptance("terms").valid).toBe(true)
  })

  it("of your own may give a code and what the message was made with", () => {
    const even = (age: number) =>
      age % 2 === 0 ? null : { message: "must be even", code: "even", params: { age } }
    expect(said(changes({ age: 3 }).validate("age", even))).toEqual([
      ["must be even", "even", { age: 3 }],
    ])
  })
})

describe("traverseErrors", () => {
  it("gives what is wrong by place, said as the function says", () => {
    const changeset = changes({ name: "ab" })
      .validateLength("name", { min: 3 })
      .addError("name", "is odd")
      .addError(null, { message: "try again", code: "again" })
    expect(traverseErrors(changeset, ({ code, params }) => `${code} ${params["count"]}`)).toEqual({
      name: ["length.min 3", "invalid undefined"],
      base: ["again undefined"],
    })
  })

  it("keeps what a rule's library tells of itself", () => {
    const rules = z.object({ name: z.string().min(3) })
    const { errors } = cast(Account, {}, { name: "a" }, rules)
    expect(errors).toMatchObject([
      { code: "too_small", params: { minimum: 3, origin: "string" }, path: ["name"] },
    ])
    expect(JSON.stringify(errors)).not.toContain('"input"')
  })
})
