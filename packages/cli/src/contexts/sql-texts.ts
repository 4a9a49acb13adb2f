import type { Node, Program } from "oxc-parser"
import { walk } from "./syntax.ts"

/** SQL in a source, as it is written, so that an offset in it is one in the source. */
export interface SqlText {
  readonly sql: string
  readonly start: number
}

/** Methods whose first argument is a statement. */
const TAKES_SQL: ReadonlySet<string> = new Set(["query", "execute", "unsafe", "raw"])
// Statements are written in one case or the other; a sentence for people begins with one large letter.
const BEGINS =
  /^\s*(?:select|insert into|delete from|merge into|with|truncate|SELECT|INSERT INTO|DELETE FROM|MERGE INTO|WITH|TRUNCATE)\s/
const UPDATES = /^\s*(?:update\s[\s\S]*\sset\s|UPDATE\s[\s\S]*\sSET\s)/

/** Whether a source may have anything that `sqlTexts` would find: it saves most files from being taken apart. */
export const mayHaveSql = (text: string): boolean =>
  /\bsql\s*[`<(.]|\b(?:query|execute|unsafe|raw)\s*[<(]|["'`]\s*(?:select|insert into|delete from|merge into|with|truncate|update)\s/i.test(
    text,
  )

/** The statements, and parts of statements, in templates tagged `sql`, arguments of `query(…)`, and texts that begin as one. */
export function sqlTexts(program: Program, source: string): SqlText[] {
  const found: SqlText[] = []
  const seen = new Set<Node>()
  const add = (node: Node | undefined, certain: boolean) => {
    if (node === undefined || seen.has(node)) return
    const text = textOf(node, source)
    if (text === null || !(certain || BEGINS.test(text.sql) || UPDATES.test(text.sql))) return
    seen.add(node)
    found.push(text)
  }
  walk(program, (node) => {
    if (node.type === "TaggedTemplateExpression" && nameOf(node.tag) === "sql")
      add(node.quasi, true)
    else if (node.type === "CallExpression" && TAKES_SQL.has(nameOf(node.callee) ?? ""))
      add(node.arguments[0], true)
    else add(node, false)
  })
  return found
}

/** What is between the quotes; holes are blotted out, letter by letter. */
function textOf(node: Node, source: string): SqlText | null {
  if (node.type === "Literal" && typeof node.value === "string")
    return { sql: source.slice(node.start + 1, node.end - 1), start: node.start + 1 }
  if (node.type !== "TemplateLiteral") return null
  let sql = ""
  const start = node.start + 1
  for (const { start: from, end } of node.quasis.map(inside)) {
    sql = sql.padEnd(from - start, HOLE) + source.slice(from, end)
  }
  return { sql, start }

  function inside({ start, end }: Node) {
    return { start: Math.max(start, node.start + 1), end }
  }
}
/** A letter that is no part of a name. */
const HOLE = "?"

function nameOf(callee: Node): string | null {
  if (callee.type === "Identifier") return callee.name
  if (callee.type !== "MemberExpression" || callee.computed) return null
  return callee.property.type === "Identifier" ? callee.property.name : null
}
