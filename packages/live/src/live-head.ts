import { type Html, html } from "@bennu/html"

/**
 * What a root layout's head needs for live pages: the token that the page's LiveSocket connects with.
 * @example html`<head>${liveHead({ csrfToken })}<title>${title}</title>${head}</head>`
 */
export const liveHead = ({ csrfToken }: { readonly csrfToken: string }): Html =>
  html`<meta name="csrf-token" content="${csrfToken}">`
