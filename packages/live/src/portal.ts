import { type AttrValues, attrs, type Html, html } from "@bennu/html"

/**
 * Markup that lives elsewhere in the document, such as a dialog under `body`, and stays part of the view: its events come here.
 * @param options `id`, and as `target` the selector of where it goes. The rest are attributes of the element around it.
 */
export function portal(
  { id, target, ...rest }: { readonly id: string; readonly target: string } & AttrValues,
  content: Html,
): Html {
  return html`<template id="${id}" data-phx-portal="${target}"><div id="_lv_portal_wrap_${id}" ${attrs(rest)}>${content}</div></template>`
}

/** Keeps the focus inside: tab goes around in it, for dialogs. The rest are attributes of the element around it. */
export function focusWrap(
  { id, ...rest }: { readonly id: string } & AttrValues,
  content: Html,
): Html {
  return html`<div id="${id}" phx-hook="Phoenix.FocusWrap" ${attrs(rest)}><div id="${id}-start" tabindex="0" aria-hidden="true"></div>${content}<div id="${id}-end" tabindex="0" aria-hidden="true"></div></div>`
}
