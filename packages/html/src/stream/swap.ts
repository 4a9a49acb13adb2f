import { escapeHtml } from "../escape.ts"

// Puts the content of the template before the script where its placeholder stands: between the template whose id it
// names and the comment with that id. It takes nothing from the page's data and writes no markup from text, so that a
// policy with a nonce, and Trusted Types, let it run.
const script =
  "(s=>{const t=s.previousElementSibling,m=document.getElementById(t.dataset.for);if(m){let n;while((n=m.nextSibling)&&!(n.nodeType===8&&n.data===m.id))n.remove();n&&n.remove();m.replaceWith(t.content)}t.remove();s.remove()})(document.currentScript)"

/** What is shown until the part comes. */
export const placeholder = (id: string, markup: string): string =>
  `<template id="${id}"></template>${markup}<!--${id}-->`

/** The part, and how it takes its place. */
export const replacement = (id: string, markup: string, nonce: string): string =>
  `<template data-for="${id}">${markup}</template><script nonce="${escapeHtml(nonce)}">${script}</script>`
