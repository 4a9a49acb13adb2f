import { attrs, type Html, html } from "@bennu/html"
import type { Field } from "@bennu/schema"
import type { Visitor } from "./vocabulary.ts"

interface Control {
  readonly field: Field
  readonly label: string
  readonly hint?: string
  readonly type?: "text" | "email" | "number" | "date"
}
/**
 * A labelled input; what is wrong stands below it and is tied to it. Its line is there from the start: a button that
 * moves away as somebody presses it is not pressed.
 */
export const control = ({ field, label, hint, type = "text" }: Control): Html => {
  const { id, name, value, errors } = field
  const described = [hint && `${id}-hint`, errors.length > 0 && `${id}-problem`]
    .filter(Boolean)
    .join(" ")
  const input = attrs({
    ...{ id, name, value, type, autocomplete: "off", "phx-debounce": "200" },
    "aria-invalid": errors.length > 0 ? "true" : null,
    "aria-describedby": described || null,
  })
  return html`<div class="field">
    <label for="${id}">${label}</label>
    <input ${input}>
    ${hint && html`<p class="hint" id="${id}-hint">${hint}</p>`}
    <p class="problem" id="${id}-problem">${errors.length > 0 && `${label} ${errors.join(", ")}`}</p>
  </div>`
}

/** A part of a page that shows one thing, with a heading of its own. */
export const demo = (title: string, content: Html): Html => html`<section class="demo">
  <h2>${title}</h2>
  ${content}
</section>`

/** A person, in the colour that their id gives them. */
export const badge = ({ id, name }: Visitor): Html => {
  const hue = [...id].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % 6
  return html`<span class="badge hue-${hue}">${name}</span>`
}
