import { type Html, html } from "@bennu/html"
import { mount } from "@bennu/live/testing"
import { action, type Conn, type Plug, post, respond, scope, app as serve } from "@bennu/plug"
import { paths, router } from "@bennu/router"
import {
  type Changeset,
  type ChangesetIssue,
  cast,
  type Field,
  formParams,
  schema,
  toForm,
  traverseErrors,
} from "@bennu/schema"
import { sql } from "drizzle-orm"
import { pgTable, text, uuid } from "drizzle-orm/pg-core"
import { afterAll, describe, expect, it } from "vitest"
import * as z from "zod"
import { control } from "./components.ts"
import { conduitTests } from "./testing.ts"
import { liveView, type Scope } from "./vocabulary.ts"

// a context: it knows nothing of who shows what it says
const shelves = pgTable("shelves", {
  id: uuid().primaryKey().defaultRandom(),
  name: text().notNull().unique(),
})
const Shelf = schema(shelves)
const rules = z.object({ name: z.string().trim().min(1).max(12) })
const changeset = (params: unknown = {}) => cast(Shelf, {}, params, rules)
const create = ({ repo }: Scope, params: unknown) => repo.insert(changeset(params))

// one catalogue for all of its faces: the code of an issue is the key, its parameters are what the text needs
const german = new Map([
  ["too_small", "darf nicht leer sein"],
  ["too_big", "ist länger als {maximum} Zeichen"],
  ["unique", "gibt es schon"],
])
const translate = ({ code, params }: ChangesetIssue) =>
  (german.get(code) ?? code).replace("{maximum}", String(params["maximum"]))
const shelfForm = (given: Changeset<typeof Shelf>) => toForm(given, { as: "shelf", translate })
const nameField = (field: Field): Html => control({ field, label: "Name" })

const path = paths({ create: "POST /shelves" })
const served = (anyone: Scope) => {
  const withScope: Plug<object, { scope: Scope }> = (conn, next) =>
    next(conn.assign({ scope: anyone }))
  const Sent = z.object({ shelf: z.record(z.string(), z.string()) })
  const shown = action({ body: Sent }, async (conn: Conn<{ scope: Scope }>, { body }) =>
    respond(conn, await create(conn.assigns.scope, body.shelf), {
      html: ({ name }) => html`<p>${name}</p>`,
      json: ({ name }) => ({ name }),
      errors: {
        invalid: {
          status: 422,
          html: (refused) => html`<form>${nameField(shelfForm(refused).fields.name)}</form>`,
          json: (refused) => ({ errors: traverseErrors(refused, translate) }),
        },
      },
    }),
  )
  return serve(router(scope("/", withScope, [post(path.create, shown)])), { development: false })
}
const ShelfLive = liveView({
  public: true,
  events: { save: formParams("shelf") },
  mount: () => ({ form: shelfForm(changeset()) }),
  handleEvent: {
    async save(socket, params) {
      const saved = await create(socket.scope, params)
      return socket.assign({ form: shelfForm(saved.ok ? changeset() : saved.error) })
    },
  },
  render: ({ form: { fields } }, { save }) =>
    html`<form id="shelf" phx-submit="${save}">${nameField(fields.name)}</form>`,
})

const conduit = await conduitTests()
afterAll(() => conduit[Symbol.asyncDispose]())
const { tests } = conduit

/** What the form, the API and the live form say of a name. */
async function said(anyone: Scope, name: string) {
  const { fetch } = served(anyone)
  const send = (accept: string, type: string, body: string) =>
    fetch(
      new Request(`http://localhost${path.create()}`, {
        method: "POST",
        headers: { accept, "content-type": type },
        body,
      }),
    )
  const encoded = String(new URLSearchParams({ "shelf[name]": name }))
  const page = await send("text/html", "application/x-www-form-urlencoded", encoded)
  const json = JSON.stringify({ shelf: { name } })
  const api = await send("application/json", "application/json", json)
  await using view = await mount(ShelfLive, { scope: anyone })
  await view.element("#shelf").submit({ "shelf[name]": name })
  const problem = (markup: string) => /<p class="problem"[^>]*>([^<]+)<\/p>/.exec(markup)?.[1]
  return {
    status: [page.status, api.status],
    form: problem(await page.text()),
    api: await api.json(),
    live: problem(view.html()),
  }
}

describe("what a context refuses", () => {
  it(
    "is said in the same words by a form, an API and a live form",
    tests.test(async ({ anyone }) => {
      await anyone.repo.query(sql`create table shelves (
        id uuid primary key default gen_random_uuid(), name text not null unique)`)
      await create(anyone, { name: "Taken" })
      for (const [name, words] of [
        ["  ", "darf nicht leer sein"],
        ["x".repeat(13), "ist länger als 12 Zeichen"],
        // what only the database knows
        ["Taken", "gibt es schon"],
      ] as const)
        expect(await said(anyone, name)).toEqual({
          status: [422, 422],
          form: `Name ${words}`,
          api: { errors: { name: [words] } },
          live: `Name ${words}`,
        })
    }),
  )
})
