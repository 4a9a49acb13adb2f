import { attrs, each, type Html, html } from "@bennu/html"
import { type Form, rows } from "./form.ts"
import type { Nested } from "./schema.ts"

/**
 * The fields of each nested row, and the hidden inputs that tell which row is which. Rows keep their ids when
 * others come and go; `castNested` reads what the inputs send.
 * @example inputsFor(form, "steps", ({ fields }) => html`<input ${attrs({ name: fields.title.name })}>`)
 */
export function inputsFor<D extends object, K extends keyof D & string>(
  form: Form<D>,
  name: K,
  render: (row: Form<Nested<D[K]> & object>) => Html,
): Html {
  // the rows of field K are made from D[K], so their fields are those of one of its rows
  const nested = form[rows](name) as readonly Form<Nested<D[K]> & object>[]
  return each(
    nested,
    ({ id }) => id,
    (row) =>
      html`${row.hidden.map(([name, value]) => html`<input ${attrs({ type: "hidden", name, value })}>`)}${render(row)}`,
  )
}
