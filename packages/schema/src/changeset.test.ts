import { integer, pgTable, text } from "drizzle-orm/pg-core"
import { describe, expect, it } from "vitest"
import * as z from "zod"
import { cast, change, schema, UnknownFieldError, withNestedRow, writeOf } from "./index.ts"

const teams = pgTable("teams", {
  id: integer().primaryKey(),
  name: text().notNull(),
  size: integer(),
})
const players = pgTable("players", { id: integer().primaryKey(), teamId: integer(), nick: text() })
const Player = schema(players)
const Team = schema(teams, {
  virtual: { password: z.string() },
  hasMany: { players: () => Player },
})
const stored = { id: 1, name: "Reds", size: 3 }

describe("a changeset", () => {
  it("is not changed by what is done with it", () => {
    const before = change(Team, stored, { name: "Blues" })
    before.addError("name", "is odd").putChange("size", 4).deleteChange("name").withAction("insert")
    expect(before).toMatchObject({ changes: { name: "Blues" }, errors: [], action: undefined })
  })

  it("gives a field's value as it would be", () => {
    const changeset = change(Team, stored, { name: "Blues" })
    expect([changeset.getField("name"), changeset.getField("size")]).toEqual(["Blues", 3])
    expect(changeset.getField("password")).toBeUndefined()
  })

  it("forgets a change that is taken back", () => {
    const changeset = change(Team, stored, { name: "Blues" })
    expect(changeset.putChange("name", "Reds").changes).toEqual({})
    expect(changeset.deleteChange("name").changes).toEqual({})
  })

  it("checks what changes to something, and nothing else", () => {
    const even = (size: number) => (size % 2 === 0 ? null : "must be even")
    expect(change(Team, stored, { size: 5 }).validate("size", even).errors).toMatchObject([
      { message: "must be even", path: ["size"] },
    ])
    expect(change(Team, stored, { size: 4 }).validate("size", even).valid).toBe(true)
    expect(change(Team, stored, {}).validate("size", even).valid).toBe(true)
    expect(change(Team, stored, { size: null }).validate("size", even).valid).toBe(true)
  })

  it("collects errors of fields, of relations and of the whole", () => {
    const changeset = change(Team, stored)
      .addError("name", "is rude")
      .addError("players", "are too few")
      .addError(null, "try again")
    expect(changeset.errors.map(({ path }) => path)).toEqual([["name"], ["players"], []])
    expect(changeset.valid).toBe(false)
  })

  it("is its errors and nothing else when an API answers with it", () => {
    const changeset = change(Team, stored, { password: "secret" })
      .addError("name", "is rude")
      .addError("name", "is short")
      .addError(null, "try again")
    expect(JSON.parse(JSON.stringify({ error: changeset }))).toEqual({
      error: { errors: { name: ["is rude", "is short"], base: ["try again"] } },
    })
  })

  it("refuses a value that the column cannot hold, from code too", () => {
    expect(change(Team, stored, { size: 2 ** 31 }).errors).toMatchObject([
      { message: "is invalid", path: ["size"] },
    ])
  })

  it("knows no field that the schema does not have", () => {
    const name: string = "constructor"
    // proof: that the name is wrong is what this test is about
    expect(() => change(Team, stored).getField(name as "name")).toThrow(UnknownFieldError)
  })
})

describe("writeOf", () => {
  it("tells a repo what to write, by property name", () => {
    const data = { ...stored, players: [] }
    const write = writeOf(change(Team, data, { name: "Blues", password: "secret" }))
    expect(write).toMatchObject({
      table: teams,
      primaryKey: ["id"],
      row: stored,
      changes: { name: "Blues" },
      nested: [],
    })
  })

  it("takes nothing that only looks like a changeset", () => {
    const fake = { ...change(Team, stored), errors: [], valid: true, action: undefined }
    const lookalike = { ...fake, schema: Team, params: null, apply: () => ({}) }
    expect(() => writeOf(lookalike)).toThrow(TypeError)
  })

  it("hands out nested rows, and takes back the one that the database refused", () => {
    const params = { players: [{ nick: "ada" }, { nick: "bob" }] }
    const changeset = cast(Team, {}, params, z.object({})).castNested("players", (row, params) =>
      cast(Player, row, params, z.object({ nick: z.string() })),
    )
    const [nested] = writeOf(changeset).nested
    expect(nested?.relation.name).toBe("players")
    const refused = change(Player, {}).addError("nick", "has already been taken")
    expect(withNestedRow(changeset, "players", 1, refused).errors).toMatchObject([
      { message: "has already been taken", path: ["players", 1, "nick"] },
    ])
    expect(() => withNestedRow(changeset, "players", 2, refused)).toThrow(RangeError)
  })

  it("says beside the list that a row could not be removed", () => {
    const data = { ...stored, players: [{ id: 5, teamId: 1, nick: "ada" }] }
    const changeset = cast(Team, data, { players: [] }, z.object({})).castNested(
      "players",
      (row) => change(Player, row),
      { onReplace: "delete" },
    )
    const refused = change(Player, {}).addError("id", "is still in a match")
    expect(withNestedRow(changeset, "players", 0, refused).errors).toMatchObject([
      { message: "is still in a match", path: ["players"] },
    ])
  })
})
