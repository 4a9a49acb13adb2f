import { type Html, html } from "@bennu/html"
import { JS } from "./js.ts"

/**
 * Use it inside of a form that a handler empties: the page takes its fields for new ones. Without it the client counts a field as used for
 * as long as its element is there, and what was taken and emptied is called blank as soon as somebody begins the next one, or the
 * connection comes back.
 * @param id Of an element that says so; another one whenever the form was emptied.
 * @example html`<form id="comment" …>${field(form.fields.body)}${freshForm(`comment-${written}`)}</form>`
 */
export const freshForm = (id: string): Html =>
  // what the client's own listener forgets fields by; no value is touched
  html`<span id="${id}" hidden phx-mounted="${JS.dispatch("reset", { to: { closest: "form" } })}"></span>`
