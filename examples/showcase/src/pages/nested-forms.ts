// The order of rows, new rows and dropped rows travel as inputs of the form:
// `steps_sort` and `steps_drop` name them, and `castNested` reads them.
// Nothing about rows is kept beside the form.
import { attrs, html } from "@bennu/html"
import { JS } from "@bennu/live"
import { cast, formParams, inputsFor, schema, toForm } from "@bennu/schema"
import { integer, pgTable, text } from "drizzle-orm/pg-core"
import * as z from "zod"
import { control, demo } from "../components.ts"
import { liveView } from "../vocabulary.ts"

const lists = pgTable("lists", { id: integer().primaryKey(), name: text().notNull() })
const steps = pgTable("steps", {
  id: integer().primaryKey(),
  listId: integer().notNull(),
  title: text().notNull(),
})
const Step = schema(steps)
const List = schema(lists, { hasMany: { steps: () => Step } })

const filled = z.string().trim().min(1, "can't be blank")
const step = (row: Partial<typeof Step.$inferSelect>, params: unknown) =>
  cast(Step, row, params, z.object({ title: filled }))
const list = (params: unknown) =>
  cast(List, {}, params, z.object({ name: filled })).castNested("steps", step, {
    sort: "steps_sort",
    drop: "steps_drop",
    limit: 20,
  })
const formOf = (params: unknown, action?: "insert") =>
  toForm(action ? list(params).withAction(action) : list(params), { as: "list" })

export const NestedFormsLive = liveView({
  public: true,
  events: { validate: formParams("list"), save: formParams("list") },
  mount: () => ({
    form: formOf({
      name: "A day at the marsh",
      steps: [{ title: "Pack the boat" }, { title: "Row" }, { title: "Wait" }],
    }),
    saved: "",
  }),
  handleEvent: {
    validate: (socket, params) => socket.assign({ form: formOf(params) }),
    save(socket, params) {
      const ready = list(params)
      if (!ready.valid) return socket.assign({ form: formOf(params, "insert") })
      const { name, steps } = ready.apply()
      return socket.assign({ saved: `${name}: ${steps?.map(({ title }) => title).join(", ")}` })
    },
  },
  title: "Nested rows",
  render: ({ form, saved }, { validate, save }) => html`
    ${demo(
      "A list and its steps",
      html`<form class="stack" id="list" novalidate phx-change="${validate}" phx-submit="${save}">
        ${control({ field: form.fields.name, label: "Name" })}
        <div class="rows" id="steps" phx-hook="Sortable">
          ${inputsFor(
            form,
            "steps",
            ({
              index,
              fields,
            }) => html`<div class="nested" id="row-${fields.title.id}" draggable="true">
            <input ${attrs({ type: "hidden", name: "list[steps_sort][]", value: index })}>
            ${control({ field: fields.title, label: `Step ${index + 1}` })}
            <div class="tools">
              <button type="button" class="second" data-move="up" aria-label="Move step ${index + 1} up">↑</button>
              <button type="button" class="second" data-move="down" aria-label="Move step ${index + 1} down">↓</button>
              <button type="button" class="second" name="list[steps_drop][]" value="${index}" aria-label="Drop step ${index + 1}" phx-click="${JS.dispatch("change")}">×</button>
            </div>
          </div>`,
          )}
        </div>
        <input type="hidden" name="list[steps_drop][]">
        <p class="row">
          <button type="button" class="second" name="list[steps_sort][]" value="new" phx-click="${JS.dispatch("change")}">Add a step</button>
          <button>Save</button>
        </p>
      </form>`,
    )}
    ${saved && demo("Saved", html`<p id="saved">${saved}</p>`)}`,
})
