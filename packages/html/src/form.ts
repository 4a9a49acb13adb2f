import { type AttrValues, attrs } from "./attrs.ts"
import { html } from "./html.ts"
import type { Html } from "./markup.ts"

export type Method = "get" | "post" | "put" | "patch" | "delete"

export interface FormOptions {
  /** Where it is sent; the page's own address without it. */
  readonly action?: string | undefined
  /** What a form cannot say itself is sent as POST with the field `_method` (`"post"`). */
  readonly method?: Method | undefined
  /** The page's token against forgery; sent as `_csrf_token`, never with GET or to another site. */
  readonly csrf?: string | null | undefined
  /** Whether it sends files. */
  readonly multipart?: boolean | undefined
  /** Further attributes of the tag. */
  readonly attrs?: AttrValues | undefined
}

/** A form that sends any method, and the token that proves that it is a page of ours. */
export function form(options: FormOptions, content: Html): Html {
  const { action, method = "post", csrf, multipart = false } = options
  const verb = method === "get" ? "get" : "post"
  const override = method === "get" || method === "post" ? null : hidden("_method", method)
  const token = verb === "get" || !isOwnSite(action) ? null : csrf
  return html`<form action="${action}" method="${verb}" enctype="${
    multipart ? "multipart/form-data" : null
  }" ${attrs(options.attrs ?? {})}>${override}${
    token === null || token === undefined ? null : hidden("_csrf_token", token)
  }${content}</form>`
}

/** A field that is sent and not shown. `hidden` besides `type` keeps autofill and layouts away. */
export const hidden = (name: string, value: string | number): Html =>
  html`<input type="hidden" name="${name}" value="${value}" hidden>`

/** Whether an address leads to this site for certain: a token must not be handed to another. */
export function isOwnSite(address: string | undefined): boolean {
  if (address === undefined) return true
  const base = "https://own.invalid"
  return URL.canParse(address, base) && new URL(address, base).origin === base
}
