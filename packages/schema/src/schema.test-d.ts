import { html } from "@bennu/html"
import { boolean, integer, jsonb, pgTable, text, uuid } from "drizzle-orm/pg-core"
import { describe, expectTypeOf, it } from "vitest"
import * as z from "zod"
import {
  type AnyChangeset,
  cast,
  change,
  type Form,
  inputsFor,
  type Row,
  schema,
  toForm,
} from "./index.ts"

const users = pgTable("users", {
  id: uuid().primaryKey().defaultRandom(),
  email: text().notNull(),
  address: jsonb(),
})
const todos = pgTable("todos", {
  id: uuid().primaryKey().defaultRandom(),
  userId: uuid().notNull(),
  title: text().notNull(),
  done: boolean().notNull().default(false),
  effort: integer(),
})
const User = schema(users)
const Todo = schema(todos, { belongsTo: { user: () => users } })
const Team = schema(users, {
  virtual: { password: z.string() },
  hasMany: { todos: () => Todo },
  embeds: { address: z.object({ city: z.string() }) },
})
const rules = z.object({ title: z.string().trim().min(1) })
const changeset = (todo: Partial<typeof Todo.$inferSelect> = {}, params: unknown = {}) =>
  cast(Todo, todo, params, rules).uniqueConstraint("title", { message: "is there already" })

describe("types", () => {
  it("know rows, changes and relations", () => {
    expectTypeOf<typeof Todo.$inferSelect>().toEqualTypeOf<{
      id: string
      userId: string
      title: string
      done: boolean
      effort: number | null
    }>()
    expectTypeOf(changeset().changes.effort).toEqualTypeOf<number | null | undefined>()
    expectTypeOf(changeset().getField("title")).toEqualTypeOf<string | undefined>()
    expectTypeOf(Todo.$relations.user.email).toEqualTypeOf<string>()
    expectTypeOf<typeof changeset>().returns.toExtend<AnyChangeset>()
  })

  it("let a virtual field and an embed be cast", () => {
    cast(Team, {}, {}, z.object({ password: z.string() }))
      .castNested("todos", (todo, params) => changeset(todo, params))
      .castNested("address", (address, params) => {
        expectTypeOf(address.city).toEqualTypeOf<string | undefined>()
        return changeset({}, params)
      })
      .castNested("address")
  })

  it("know what an embed is in a row, where its column does not say", () => {
    const Address = z.object({ city: z.string(), zip: z.coerce.number() })
    const orders = pgTable("orders", {
      id: integer().primaryKey(),
      to: jsonb(),
      from: jsonb().notNull(),
      stops: jsonb().$type<readonly string[]>(),
      rest: jsonb(),
    })
    const Order = schema(orders, {
      belongsTo: { user: { to: () => users, by: "id" } },
      embeds: { to: Address, from: Address, stops: z.array(z.string()) },
    })
    expectTypeOf<Row<typeof Order>>().toEqualTypeOf<{
      id: number
      to: { city: string; zip: number } | null
      from: { city: string; zip: number }
      stops: readonly string[] | null
      rest: unknown
    }>()
    const Parcel = schema(orders, { belongsTo: { order: { to: () => Order, by: "id" } } })
    expectTypeOf(Parcel.$relations.order.from.city).toEqualTypeOf<string>()
    expectTypeOf<Row<typeof Parcel>>().toEqualTypeOf<typeof orders.$inferSelect>()
    const order = change(Order, {}, { from: { city: "Ur", zip: 1 } })
    expectTypeOf(order.getField("to")).toEqualTypeOf<
      { city: string; zip: number } | null | undefined
    >()
    // @ts-expect-error an embed has its type
    order.putChange("from", { city: 1, zip: 1 })
    // @ts-expect-error the column may not be null
    order.putChange("from", null)
    // @ts-expect-error the column may be null
    const city = (row: Row<typeof Order>): string => row.to.city
    void city
  })

  it("refuse a relation that is not there", () => {
    // @ts-expect-error an unknown relation
    cast(Team, {}, {}, z.object({})).castNested("todo", () => changeset())
  })

  it("refuse rules that make something else of a field", () => {
    // @ts-expect-error a virtual field has its type
    cast(Team, {}, {}, z.object({ password: z.number() }))
    // @ts-expect-error a column has its type
    cast(Todo, {}, {}, z.object({ done: z.string() }))
    // @ts-expect-error what is required is not null
    cast(Todo, {}, {}, z.object({ title: z.string().nullable() }))
    cast(Todo, {}, {}, z.object({ effort: z.int().nullish(), done: z.boolean().optional() }))
  })

  it("refuse a column that is not there", () => {
    // @ts-expect-error an unknown column
    change(User, { id: "1", email: "" }, { emial: "" })
    // @ts-expect-error an unknown field
    changeset().uniqueConstraint("tilte")
    // @ts-expect-error an unknown field
    changeset().addError("tilte", "is odd")
    // @ts-expect-error an unknown field
    changeset().getField("tilte")
    // @ts-expect-error a value of another type
    changeset().putChange("done", "yes")
    // @ts-expect-error the value is a number here
    changeset().validate("effort", (effort: string) => effort)
    changeset().validate("effort", (effort) => (effort.toFixed() === "1" ? "is one" : null))
    changeset().uniqueConstraint(["userId", "title"])
  })

  it("refuse a virtual field where only columns can be", () => {
    // @ts-expect-error no constraint is on what is not stored
    change(Team, {}).uniqueConstraint("password")
  })

  it("refuse data that is not the row's", () => {
    // @ts-expect-error a column has its type
    cast(Todo, { done: "no" }, {}, rules)
  })

  it("take the rules of any library", () => {
    cast(
      Todo,
      {},
      {},
      {
        "~standard": { version: 1, vendor: "own", validate: () => ({ value: { title: "x" } }) },
      },
    )
  })

  it("know a form's fields", () => {
    const form = toForm(changeset())
    expectTypeOf(form.fields.title.errors).toEqualTypeOf<readonly string[]>()
    // @ts-expect-error a field that the form does not have
    form.fields.nmae
    const team = toForm(change(Team, {}))
    expectTypeOf(team.fields.password.value).toEqualTypeOf<string>()
    inputsFor(team, "todos", ({ fields, index }) => html`${index}${fields.title.value}`)
    inputsFor(team, "address", ({ fields }) => html`${fields.city.value}`)
    // @ts-expect-error a field that the row does not have
    inputsFor(team, "todos", ({ fields }) => html`${fields.city.value}`)
    // @ts-expect-error a relation that the form does not have
    inputsFor(team, "todo", () => html``)
    expectTypeOf(form).toExtend<Form>()
  })

  it("know the fields of a form without a schema", () => {
    const form = toForm({ name: "", people: [{ age: 1 }] })
    inputsFor(form, "people", ({ index, fields }) => html`${index}${fields.age.value}`)
    // @ts-expect-error a field that the form does not have
    form.fields.nmae
  })
})
