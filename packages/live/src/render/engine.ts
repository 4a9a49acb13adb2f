import { type Html, toString as print } from "@bennu/html"

/** What the client holds: needed to say what changed since. */
export type Memory = string

/** The whole of a view, for a page that holds nothing. */
export function renderFull(html: Html): { readonly tree: object; readonly memory: Memory } {
  const text = print(html)
  return { tree: { 0: text, s: ["", ""] }, memory: text }
}

/** What changed; null when nothing did. */
export function renderDiff(
  memory: Memory,
  html: Html,
): { readonly diff: object | null; readonly memory: Memory } {
  const text = print(html)
  return { diff: text === memory ? null : { 0: text }, memory: text }
}
