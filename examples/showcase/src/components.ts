import { attrs, type Html, html } from "@bennu/html"
import { type Field, inputAttrs } from "@bennu/schema"
import type { Visitor } from "./vocabulary.ts"

interface Control {
  readonly field: Field
  readonly label: string
  readonly hint?: string
}
/**
 * A labelled input; its kind and its limits follow from the field's rules. What is wrong stands below it and is tied to it. Its line is there from the start: a button that
 * moves away as somebody presses it is not pressed.
 */
export const control = ({ field, label, hint }: Control): Html => {
  const { id, errors, errorsId } = field
  const input = attrs({
    ...inputAttrs(field, { describedBy: hint && `${id}-hint` }),
    ...{ autocomplete: "off", "phx-debounce": "200" },
  })
  return html`<div class="field">
    <label for="${id}">${label}</label>
    <input ${input}>
    ${hint && html`<p class="hint" id="${id}-hint">${hint}</p>`}
    <p class="problem" id="${errorsId}">${errors.length > 0 && `${label} ${errors.join(", ")}`}</p>
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
