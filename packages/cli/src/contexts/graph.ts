import type { ContextFacts } from "./check-contexts.ts"

/**
 * The contexts of an app as a Mermaid flowchart: a box for each with its tables, an arrow to each that it uses, a dotted
 * one where it knows no more than types.
 */
export function contextGraph(contexts: readonly ContextFacts[]): string {
  const all = contexts.toSorted((a, b) => (a.name < b.name ? -1 : 1))
  const ids = new Map(
    all.map(({ name }, at) => [name, /^[a-z]\w*$/i.test(name) ? `c_${name}` : `c${at}`]),
  )
  const id = (name: string) => ids.get(name) ?? name
  return [
    "flowchart LR",
    ...all.map(({ name, tables, shares }) => `  ${id(name)}["${label(name, tables, shares)}"]`),
    ...all.flatMap(({ name, uses, knows }) => [
      ...uses.map((other) => `  ${id(name)} --> ${id(other)}`),
      ...knows.map((other) => `  ${id(name)} -. types .-> ${id(other)}`),
    ]),
    "",
  ].join("\n")
}

const label = (name: string, tables: readonly string[], shares: readonly string[]): string => {
  const shown = tables.map((table) => (shares.includes(table) ? `${table} (shared)` : table))
  return [`<b>${plain(name)}</b>`, ...shown.map(plain)].join("<br/>")
}

/** Mermaid takes entities by number, with a hash: mermaid.js.org/syntax/flowchart.html */
const plain = (text: string): string =>
  text.replaceAll(/[^\w .()-]/g, (letter) => `#${letter.codePointAt(0)};`)
