import { test } from "vitest"
import { attrs, each, type Html, html } from "./index.ts"
import { later, stream } from "./stream/index.ts"

declare const user: { readonly name: string }
declare const loading: Promise<string>
declare const page: Html
declare const show: () => Html

test("what a hole takes", (): readonly unknown[] => [
  html`<p title="${user.name}" hidden="${true}">${[user.name, 1, null, page]}</p>`,
  html`<p ${attrs({ id: 1, hidden: undefined })}></p>`,
  stream(html`<p>${later(loading)}</p>`),
])

test("what no hole takes", (): readonly unknown[] => [
  // @ts-expect-error an object is no text: it would print as [object Object]
  html`<p>${user}</p>`,
  // @ts-expect-error a promise has to be awaited, or handed to later()
  html`<p>${loading}</p>`,
  // @ts-expect-error a function is called by whoever writes it
  html`<p>${() => "a"}</p>`,
  // @ts-expect-error data that looks like markup is none
  html`<p>${{ toString: () => "<b>" }}</p>`,
  // @ts-expect-error an attribute is text, not an object
  attrs({ style: { color: "red" } }),
  // @ts-expect-error a key is text or a number
  each([user], (row) => row, show),
  // @ts-expect-error a stream prints markup, not text
  stream("<p></p>"),
])
