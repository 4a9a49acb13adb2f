import { html, toString as markupOf } from "@bennu/html"
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
import { cast, change, type FormParams, inputsFor, schema, toForm } from "./index.ts"

const articles = pgTable("articles", {
  id: integer().primaryKey(),
  title: text().notNull(),
  words: integer(),
  price: numeric(),
  views: bigint({ mode: "bigint" }),
  draft: boolean(),
  day: date({ mode: "date" }),
  publishedAt: timestamp(),
  tags: text().array(),
  extra: jsonb(),
  address: jsonb(),
})
const comments = pgTable("comments", {
  id: integer().primaryKey(),
  articleId: integer().notNull(),
  body: text().notNull(),
})
const Comment = schema(comments)
const Article = schema(articles, {
  virtual: { notify: z.boolean() },
  hasMany: { comments: () => Comment },
  embeds: { address: z.object({ city: z.string().min(1, "can't be blank") }) },
})
const rules = z.object({
  title: z.string().trim().min(1, "can't be blank"),
  words: z.int("must be a number").nullish(),
})
const article = (params: unknown, data: object = {}) => cast(Article, data, params, rules)
const comment = (row: Partial<typeof Comment.$inferSelect>, params: unknown) =>
  cast(Comment, row, params, z.object({ body: z.string().min(1, "can't be blank") }))

describe("toForm", () => {
  it("names fields as Phoenix does", () => {
    const { id, name, fields } = toForm(article({}), { as: "article" })
    expect([id, name, fields.title.id, fields.title.name]).toEqual([
      "article",
      "article",
      "article_title",
      "article[title]",
    ])
  })

  it("lets names stand alone without `as`, with ids of one row of the table", () => {
    const { title } = toForm(article({})).fields
    expect([title.name, title.id]).toEqual(["title", "article_title"])
    expect(toForm(article({}), { as: "a[b]", id: "x" }).fields.title).toMatchObject({
      name: "a[b][title]",
      id: "x_title",
    })
    expect(toForm(article({}), { as: "a[b]" }).id).toBe("a_b")
  })

  it("writes each type as its input has it", () => {
    const row = {
      id: 1,
      title: "t",
      words: -3,
      price: "1.50",
      views: 9007199254740993n,
      draft: false,
      day: new Date("2026-11-22T00:00Z"),
      publishedAt: new Date("2026-11-22T10:05:00Z"),
      tags: ["a", "b"],
      extra: { a: 1 },
      address: null,
    }
    const { fields } = toForm(change(Article, row))
    expect(
      Object.fromEntries(Object.entries(fields).map(([key, { value }]) => [key, value])),
    ).toEqual({
      id: "1",
      title: "t",
      words: "-3",
      price: "1.50",
      views: "9007199254740993",
      draft: "false",
      day: "2026-11-22",
      publishedAt: "2026-11-22T10:05",
      tags: "",
      extra: '{"a":1}',
      address: "",
      notify: "",
      comments: "",
    })
    expect(fields.tags.values).toEqual(["a", "b"])
  })

  it.each([
    ["2026-11-22T10:05:07Z", "2026-11-22T10:05:07"],
    ["2026-11-22T10:05:07.089Z", "2026-11-22T10:05:07.089"],
  ])("writes %s in a way that is read again as the same time", (iso, text) => {
    const publishedAt = new Date(iso)
    const { value } = toForm(change(Article, { publishedAt })).fields.publishedAt
    expect(value).toBe(text)
    const dated = z.object({ publishedAt: z.date() })
    expect(cast(Article, {}, { publishedAt: value }, dated).changes).toEqual({ publishedAt })
  })

  it("keeps what was typed while it is wrong", () => {
    const { fields } = toForm(article({ title: "t", words: "12x" }))
    expect(fields.words).toMatchObject({ value: "12x", errors: ["must be a number"] })
  })

  it("shows a change made by code over what was sent", () => {
    const { fields } = toForm(article({ title: " t " }).putChange("words", 5))
    expect([fields.title.value, fields.words.value]).toEqual(["t", "5"])
  })

  it.each([
    ["a map", { a: "b" }, "", []],
    ["a list", ["a", { b: "c" }], "", ["a"]],
    ["null", null, "", []],
  ])("shows nothing dangerous when %s was sent for text", (_, title, value, values) => {
    expect(toForm(article({ title })).fields.title).toMatchObject({ value, values })
  })

  it("is not fooled by prototype names", () => {
    const params = JSON.parse('{"__proto__":{"title":"evil"}}')
    expect(toForm(article(params)).fields.title).toMatchObject({ value: "", used: false })
    expect("constructor" in toForm(article({})).fields).toBe(false)
  })
})

describe("a field's errors", () => {
  const errors = (params: unknown, options = {}) =>
    toForm(article(params), options).fields.title.errors

  it("are not shown before a person was there", () => {
    expect(errors({})).toMatchObject([])
    expect(errors({ title: "", _unused_title: "" })).toMatchObject([])
    expect(errors({ words: "1" })).toMatchObject([])
  })

  it("are shown of a field that was used", () => {
    expect(errors({ title: "" })).toMatchObject(["can't be blank"])
    expect(errors({ title: "" }, { action: "validate" })).toMatchObject(["can't be blank"])
    expect(errors({ title: "", _unused_title: "" }, { action: "validate" })).toMatchObject([])
  })

  it("are shown of every field once the form was submitted", () => {
    const submitted = article({ words: "1" }).withAction("insert")
    expect(toForm(submitted).fields.title.errors).toHaveLength(1)
    expect(errors({ title: "", _unused_title: "" }, { action: "insert" })).toHaveLength(1)
  })

  it("count a nested field as used when anything in it is", () => {
    const used = (address: FormParams) =>
      toForm({ address: {} }, { params: { address } }).fields.address.used
    expect(used({ city: "", _unused_city: "" })).toBe(false)
    expect(used({ city: "", _unused_city: "", zip: "1" })).toBe(true)
    expect(used({ home: { city: "", _unused_city: "" } })).toBe(false)
  })

  it("include those of a list's items", () => {
    const tagged = z.object({ tags: z.array(z.string().max(1, "is too long")) })
    const { tags } = toForm(cast(Article, {}, { tags: ["ab", "cd"] }, tagged)).fields
    expect(tags.errors).toMatchObject(["is too long", "is too long"])
  })

  it("of the whole form stand with the form", () => {
    expect(toForm(article({}).addError(null, "try again")).errors).toMatchObject(["try again"])
  })
})

describe("a form without a schema", () => {
  it("names its fields by its data, and shows what was sent", () => {
    const form = toForm({ q: "", page: 1 }, { as: "search", params: { q: "bennu" } })
    expect(form.fields.q).toMatchObject({
      id: "search_q",
      name: "search[q]",
      value: "bennu",
      values: ["bennu"],
      errors: [],
      used: true,
    })
    expect([form.fields.page.value, form.fields.page.used, form.id]).toEqual(["1", false, "search"])
  })

  it("shows the issues of any schema", () => {
    const errors = [{ message: "is odd", path: [{ key: "q" }] }]
    const form = toForm({ q: "" }, { params: { q: "x" }, errors })
    expect([form.valid, form.fields.q.errors]).toMatchObject([false, ["is odd"]])
  })

  it("has nested rows where its data has, also those that were just added", () => {
    const people: { age?: number }[] = []
    const params = { people: { 0: { age: "5" }, 1: {} } }
    const errors = [{ message: "is missing", path: ["people", 1, "age"] }]
    const form = toForm({ people }, { params, errors, action: "insert" })
    const seen: unknown[] = []
    markupOf(
      inputsFor(form, "people", ({ fields: { age } }) => {
        seen.push([age?.name, age?.value, age?.errors])
        return html``
      }),
    )
    expect(seen).toEqual([
      ["people[0][age]", "5", []],
      ["people[1][age]", "", ["is missing"]],
    ])
  })

  it("shows no rows where a value was sent instead", () => {
    const form = toForm({ q: "", people: [{ age: 1 }] }, { params: { q: { a: "1" }, people: "x" } })
    expect(form.fields.q.value).toBe("")
    expect(markupOf(inputsFor(form, "people", ({ index }) => html`${index}`))).toContain("0")
  })
})

describe("inputsFor", () => {
  const stored = {
    id: 1,
    comments: [
      { id: 10, articleId: 1, body: "a" },
      { id: 11, articleId: 1, body: "b" },
    ],
  }
  const print = (changeset: ReturnType<typeof article>) =>
    markupOf(
      inputsFor(
        toForm(changeset, { as: "article" }),
        "comments",
        ({ id, fields: { body } }) =>
          html`<p id="${id}" title="${body.name}">${body.value}${body.errors}</p>`,
      ),
    )

  it("renders stored rows, each with what makes it recognised", () => {
    expect(print(article({}, stored))).toBe(
      [
        '<input type="hidden" name="article[comments][0][_persistent_id]" value="0">',
        '<input type="hidden" name="article[comments][0][id]" value="10">',
        '<p id="article_comments_0" title="article[comments][0][body]">a</p>',
        '<input type="hidden" name="article[comments][1][_persistent_id]" value="1">',
        '<input type="hidden" name="article[comments][1][id]" value="11">',
        '<p id="article_comments_1" title="article[comments][1][body]">b</p>',
      ].join(""),
    )
  })

  it("keeps a row's id when the row before it goes, and gives a new row a new one", () => {
    const params = {
      comments: {
        0: { _persistent_id: "0", id: "10", body: "a" },
        1: { _persistent_id: "1", id: "11", body: "" },
      },
      order: ["1", "new"],
      gone: ["0"],
    }
    const changeset = article(params, stored).castNested("comments", comment, {
      sort: "order",
      drop: "gone",
    })
    const markup = print(changeset)
    expect(markup).toContain(
      '<p id="article_comments_1" title="article[comments][0][body]">can&#39;t be blank</p>',
    )
    expect(markup).toContain('name="article[comments][0][id]" value="11"')
    expect(markup).toContain('<p id="article_comments_0" title="article[comments][1][body]"></p>')
    expect(markup).not.toContain('value="10"')
  })

  it("hands out anew what comes back twice, or as no number", () => {
    const row = (id: unknown) => ({ _persistent_id: id, body: "x" })
    const comments = [row("7"), row("7"), row('"><script>'), row(["7"]), row("0")]
    const markup = print(article({ comments }).castNested("comments", comment))
    expect([...markup.matchAll(/id="article_comments_(\d+)"/g)].map(([, id]) => id)).toEqual([
      "7",
      "1",
      "2",
      "3",
      "0",
    ])
  })

  it("renders the fields of an embed, with what is wrong in it", () => {
    const changeset = article({ title: "t", address: { city: "" } }).castNested("address")
    const markup = inputsFor(
      toForm(changeset, { as: "article" }),
      "address",
      ({ fields: { city } }) => html`<input name="${city.name}">${city.errors}`,
    )
    expect(markupOf(markup)).toBe('<input name="article[address][city]">can&#39;t be blank')
  })
})
