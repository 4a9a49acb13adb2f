import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { dirname } from "node:path"

const MARK = "<!-- bennu contexts graph -->"
const BLOCK = /(<!-- bennu contexts graph -->\r?\n+```mermaid\r?\n)([\s\S]*?)(```)/

/** Whether the file keeps this graph; if not, what is wrong with it, and at which line. */
export interface Drift {
  readonly line: number
  readonly message: string
}

/** Compares a graph with the one that a file keeps; null when they are the same. */
export function driftOf(file: string, graph: string): Drift | null {
  if (!existsSync(file)) return { line: 1, message: "there is no such file" }
  const text = readFileSync(file, "utf8")
  const match = isMarkdown(file) ? BLOCK.exec(text) : null
  if (isMarkdown(file) && match === null)
    return { line: 1, message: `there is no mermaid block after ${MARK}` }
  const kept = (match?.[2] ?? text).split(/\r?\n/)
  const wanted = graph.split("\n")
  const at = wanted.findIndex((line, index) => line !== kept[index])
  if (at === -1 && kept.length === wanted.length) return null
  const first = at === -1 ? wanted.length - 1 : at
  const before = match === null ? "" : text.slice(0, match.index + (match[1]?.length ?? 0))
  const said = `it says ${quoted(kept[first])}, the code says ${quoted(wanted[first])}`
  return { line: before.split("\n").length + first, message: said }
}

const quoted = (line: string | undefined): string =>
  line === undefined || line === "" ? "nothing more" : JSON.stringify(line.trim())

/** Puts the graph in its place: after its mark in a Markdown file, or as the whole of any other. */
export function writeGraph(file: string, graph: string): void {
  mkdirSync(dirname(file), { recursive: true })
  const before = existsSync(file) ? readFileSync(file, "utf8") : ""
  writeFileSync(file, isMarkdown(file) ? placed(before, graph) : graph)
}

function placed(text: string, graph: string): string {
  // a function, since a graph may hold what `replace` would read as a pattern
  if (BLOCK.test(text)) return text.replace(BLOCK, (_, head, __, tail) => `${head}${graph}${tail}`)
  const block = `${MARK}\n\n\`\`\`mermaid\n${graph}\`\`\`\n`
  return text === "" ? `# Contexts\n\n${block}` : `${text.trimEnd()}\n\n${block}`
}

const isMarkdown = (file: string): boolean => /\.(?:md|mdx|markdown)$/i.test(file)
