import { integer, jsonb, pgTable, text } from "drizzle-orm/pg-core"
import { describe, expect, it } from "vitest"
import * as z from "zod"
import {
  type AnyChangeset,
  cast,
  NotLoadedError,
  SchemaDefinitionError,
  schema,
  UnknownFieldError,
  writeOf,
} from "./index.ts"

const lists = pgTable("lists", {
  id: integer().primaryKey(),
  name: text().notNull(),
  address: jsonb(),
  links: jsonb(),
})
const steps = pgTable("steps", {
  id: integer().primaryKey(),
  listId: integer().notNull(),
  title: text().notNull(),
})
const covers = pgTable("covers", { id: integer().primaryKey(), listId: integer(), url: text() })
const Step = schema(steps)
const Cover = schema(covers)
const List = schema(lists, {
  hasMany: { steps: () => Step },
  hasOne: { cover: () => Cover },
  embeds: {
    address: z.object({ city: z.string().min(1, "can't be blank") }),
    links: z.array(z.object({ url: z.url("is no address") })),
  },
})
const titled = z.object({ title: z.string().min(1, "can't be blank") })
const step = (row: Partial<typeof Step.$inferSelect>, params: unknown) =>
  cast(Step, row, params, titled)
const cover = (row: Partial<typeof Cover.$inferSelect>, params: unknown) =>
  cast(Cover, row, params, z.object({ url: z.string() }))
const list = (params: unknown, data: object = {}) =>
  cast(List, data, params, z.object({ name: z.string().optional() }))
const sorted = { sort: "steps_sort", drop: "steps_drop" } as const
const stored = {
  id: 1,
  name: "Trip",
  steps: [
    { id: 10, listId: 1, title: "pack" },
    { id: 11, listId: 1, title: "go" },
  ],
}
const rowsOf = (changeset: AnyChangeset) =>
  writeOf(changeset).nested.flatMap(({ rows }) =>
    rows.map(({ action, changeset }) => {
      const { row, changes } = writeOf(changeset)
      return [action, row["id"] ?? null, changes] as const
    }),
  )

describe("castNested", () => {
  it("makes a changeset for each row, in the order of their indices", () => {
    const rows = Object.fromEntries([10, 9, 2, 1].map((key) => [key, { title: `t${key}` }]))
    expect(rowsOf(list({ steps: rows }).castNested("steps", step))).toEqual(
      [1, 2, 9, 10].map((key) => ["insert", null, { title: `t${key}` }]),
    )
  })

  it("takes an array as well, as JSON brings it", () => {
    const changeset = list({ steps: [{ title: "a" }] }).castNested("steps", step)
    expect(rowsOf(changeset)).toEqual([["insert", null, { title: "a" }]])
  })

  it("changes nothing when nothing was sent", () => {
    expect(writeOf(list({}).castNested("steps", step)).nested).toEqual([])
  })

  it("recognises rows by their primary key, sent as text, and lets nobody reach another's", () => {
    const params = {
      steps: [
        { id: "11", title: "leave" },
        { id: "99", title: "mine now" },
        { id: "10", title: "pack" },
      ],
    }
    expect(rowsOf(list(params, stored).castNested("steps", step))).toEqual([
      ["update", 11, { title: "leave" }],
      ["insert", null, { title: "mine now" }],
      ["update", 10, {}],
    ])
  })

  it("does not take one stored row twice", () => {
    const params = {
      steps: [
        { id: "11", title: "a" },
        { id: "11", title: "b" },
        { id: "10", title: "c" },
      ],
    }
    expect(
      rowsOf(list(params, stored).castNested("steps", step)).map(([action]) => action),
    ).toEqual(["update", "insert", "update"])
  })

  it("sorts, adds and drops as the parameters of the form say", () => {
    const params = {
      steps: { 0: { id: "10", title: "pack" }, 1: { id: "11", title: "go" }, 2: { title: "late" } },
      steps_sort: ["1", "new", "0"],
      steps_drop: ["", "0"],
    }
    const changeset = list(params, stored).castNested("steps", step, sorted)
    expect(rowsOf(changeset)).toEqual([
      ["update", 11, {}],
      ["insert", null, {}],
      ["insert", null, { title: "late" }],
      ["delete", 10, {}],
    ])
    expect(changeset.errors).toMatchObject([
      { message: expect.any(String), path: ["steps", 1, "title"] },
    ])
  })

  it("deletes all rows when the form has only its empty drop input left", () => {
    const changeset = list({ steps_drop: [""] }, stored).castNested("steps", step, sorted)
    expect(rowsOf(changeset).map(([action, id]) => [action, id])).toEqual([
      ["delete", 10],
      ["delete", 11],
    ])
    expect(changeset.apply()).toMatchObject({ steps: [] })
  })

  it("keeps rows that were not sent, and says so, unless rows may go", () => {
    const changeset = list({ steps: [{ id: "10", title: "pack" }] }, stored)
    const refused = changeset.castNested("steps", step)
    expect(refused.errors).toMatchObject([{ message: "can't be removed", path: ["steps"] }])
    expect(rowsOf(refused)).toEqual([["update", 10, {}]])
    const deleted = changeset.castNested("steps", step, { onReplace: "delete" })
    expect(deleted.valid).toBe(true)
    expect(rowsOf(deleted).at(-1)).toEqual(["delete", 11, {}])
  })

  it("is invalid when a row is, and says where", () => {
    const changeset = list({ steps: [{ title: "a" }, { title: "" }] }).castNested("steps", step)
    expect(changeset.errors).toMatchObject([
      { message: "can't be blank", path: ["steps", 1, "title"] },
    ])
  })

  it("shows rows as they would be", () => {
    const params = { name: "Trek", steps: [{ id: 11, title: "leave" }, { id: 10 }] }
    expect(list(params, stored).castNested("steps", step).apply()).toEqual({
      id: 1,
      name: "Trek",
      steps: [
        { id: 11, listId: 1, title: "leave" },
        { id: 10, listId: 1, title: "pack" },
      ],
    })
  })

  it.each([
    ["text", "x"],
    ["a number", 3],
    ["a list of text", ["x"]],
    ["a list in a list", [[{}]]],
    ["a map of text", { 0: "x" }],
  ])("answers %s for rows with an error", (_, sent) => {
    expect(list({ steps: sent }).castNested("steps", step).errors).toMatchObject([
      { message: "is invalid", path: ["steps"] },
    ])
  })

  it("takes no more rows than its limit, whichever way they are asked for", () => {
    const sent = { steps_sort: Array(4).fill("new") }
    const limited = list(sent).castNested("steps", step, { ...sorted, limit: 3 })
    expect(limited.errors[0]?.message).toBe("should have at most 3 item(s)")
  })

  it("is not fooled by prototype names", () => {
    const params = JSON.parse(
      '{"steps":{"__proto__":{"title":"p"},"0":{"title":"a","__proto__":{"id":10}}},"steps_sort":["constructor","toString"]}',
    )
    const changeset = list(params, stored).castNested("steps", step, sorted)
    expect(rowsOf(changeset).filter(([action]) => action !== "delete")).toEqual([
      ["insert", null, {}],
      ["insert", null, {}],
      ["insert", null, { title: "a" }],
    ])
  })

  it("wants the rows of a stored row to be loaded", () => {
    const { steps: _, ...bare } = stored
    expect(() => list({ steps: [] }, bare).castNested("steps", step)).toThrow(NotLoadedError)
  })

  it("updates the one row of a relation that has one, or makes it", () => {
    const params = { cover: { url: "a" } }
    expect(rowsOf(list(params).castNested("cover", cover))).toEqual([
      ["insert", null, { url: "a" }],
    ])
    const data = { ...stored, cover: { id: 7, listId: 1, url: "b" } }
    expect(rowsOf(list(params, data).castNested("cover", cover))).toEqual([
      ["update", 7, { url: "a" }],
    ])
    expect(list({ cover: null }, data).castNested("cover", cover).errors).toMatchObject([
      { message: "can't be removed", path: ["cover"] },
    ])
    const gone = list({ cover: "" }, data).castNested("cover", cover, { onReplace: "delete" })
    expect(rowsOf(gone)).toEqual([["delete", 7, {}]])
  })

  it("names what it needs", () => {
    expect(() => list({ steps: [] }).castNested("steps")).toThrow(SchemaDefinitionError)
    const name: string = "stesp"
    // proof: that the name is wrong is what this test is about
    expect(() => list({}).castNested(name as "steps", step)).toThrow(UnknownFieldError)
  })

  describe("an embed", () => {
    it("is checked by its own schema and stands in the changes", () => {
      const changeset = list({ address: { city: "Rome", _unused_city: "", admin: "1" } })
      expect(changeset.castNested("address").changes).toEqual({ address: { city: "Rome" } })
    })

    it("reports what is wrong inside", () => {
      const changeset = list({ address: { city: "" }, links: { 0: { url: "x" } } })
      expect(changeset.castNested("address").castNested("links").errors).toMatchObject([
        { message: "can't be blank", path: ["address", "city"] },
        { message: "is no address", path: ["links", 0, "url"] },
      ])
    })

    it("may be a list, which is sorted and thinned like rows", () => {
      const params = {
        links: { 0: { url: "http://a" }, 1: { url: "http://b" }, 2: { url: "http://c" } },
        links_sort: ["2", "1", "0"],
        links_drop: ["1"],
      }
      const options = { sort: "links_sort", drop: "links_drop" }
      expect(list(params).castNested("links", undefined, options).changes).toEqual({
        links: [{ url: "http://c" }, { url: "http://a" }],
      })
    })

    it("does not take a list where it is one", () => {
      expect(list({ address: [{ city: "Rome" }] }).castNested("address").valid).toBe(false)
    })

    it("is null when it was emptied", () => {
      const data = { address: { city: "Rome" } }
      expect(list({ address: "" }, data).castNested("address").changes).toEqual({ address: null })
    })
  })
})
