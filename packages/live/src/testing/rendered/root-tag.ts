import { MergeError } from "./node.ts"
import { voidElements } from "./void-elements.ts"

/** Marks for the start tag of a root; `true` is written bare. */
export type Marks = Readonly<Record<string, string | number | boolean>>

/**
 * Adds marks to the start tag of the one element that the markup consists of; with `empty` it becomes a shell with
 * nothing but its id and the marks. As the client's rendered/modify_root.ts does it.
 */
export function markRoot(markup: string, marks: Marks, empty: boolean): string {
  const start = skipSpaceAndComments(markup)
  const tag = /^<([^\s/>]+)/.exec(markup.slice(start))?.[1]
  if (tag === undefined) throw new MergeError(`malformed html ${markup}`)
  const nameEnd = start + tag.length + 1
  const close = lastTagEnd(markup, start + tag.length)
  const written = Object.entries(marks)
    .map(([name, value]) => (value === true ? ` ${name}` : ` ${name}="${value}"`))
    .join("")
  let root = `<${tag}${written}${markup.slice(nameEnd, close + 1)}`
  if (empty) {
    const id = idOf(markup, nameEnd)
    const head = `<${tag}${id === null ? "" : ` id="${id}"`}${written}`
    root = voidElements.has(tag) ? `${head}/>` : `${head}></${tag}>`
  }
  return markup.slice(0, start) + root + markup.slice(close + 1)
}

/** The element alone, without what stands around it. */
export function rootAlone(markup: string): string {
  const start = skipSpaceAndComments(markup)
  return markup.slice(start, lastTagEnd(markup, start) + 1)
}

function skipSpaceAndComments(markup: string): number {
  let at = 0
  for (;;) {
    while (at < markup.length && /\s/.test(markup[at] ?? "")) at++
    if (!markup.startsWith("<!--", at)) return at
    const end = markup.indexOf("-->", at + 4)
    // a comment has to end on its line
    if (end === -1 || /[\n\r]/.test(markup.slice(at, end))) return at
    at = end + 3
  }
}

/** The id that stands as ` id="` in the start tag. */
function idOf(markup: string, from: number): string | null {
  for (let i = from; i < markup.length && markup[i] !== ">"; i++) {
    if (markup[i] !== "=") continue
    const isId = markup.slice(i - 3, i) === " id"
    const quote = markup[i + 1]
    if (quote !== '"' && quote !== "'") continue
    const end = markup.indexOf(quote, i + 2)
    if (end === -1) return null
    if (isId) return markup.slice(i + 2, end)
    i = end
  }
  return null
}

/** Where the last tag ends, comments after it left aside. */
function lastTagEnd(markup: string, from: number): number {
  let at = markup.length - 1
  while (at >= from) {
    if (markup[at] !== ">") at--
    else if (markup.slice(at - 2, at) === "--") {
      const open = markup.lastIndexOf("<!--", at - 3)
      if (open === -1) return from - 1
      at = open - 1
    } else return at
  }
  return at
}
