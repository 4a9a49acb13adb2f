import { isNode, isShared, MergeError, type Node, nodeAt } from "./node.ts"
import { type Marks, markRoot } from "./root-tag.ts"
import { refOf, type Stream, type StreamPage } from "./stream-page.ts"

/** One printing of the tree or of a component. */
export interface Printing {
  readonly view: string
  readonly components: Node
  /** With `false` everything is printed in full, nothing is marked and nothing is used up. */
  readonly tracking: boolean
  /** Components that are printed in full; all when `null`. */
  readonly only: ReadonlySet<string> | null
  readonly streams: Stream[]
  /** The rows that a page has of its streams; `null` to print what the client holds. */
  readonly rows: StreamPage | null
  /** Whether components are marked as such. */
  readonly marked: boolean
  nextMagicId(): string
}

/** The tree as the client prints it. */
export function printTree(
  node: Node,
  templates: Node | null,
  printing: Printing,
  marks: Marks = {},
  tracking = printing.tracking,
): string {
  if (node["k"]) return printRows(node, templates, printing, tracking)
  let scope = templates
  if (isNode(node["p"])) {
    scope = node["p"]
    delete node["p"]
  }
  const statics = staticsOf(node, scope)
  const root = Boolean(node["r"])
  if (root && tracking && !node["magicId"]) {
    node["newRender"] = true
    node["magicId"] = printing.nextMagicId()
  }
  const content = printDynamics(node, statics, scope, printing, tracking)
  if (!root) return content
  if (!printing.tracking) return markRoot(content, marks, false)
  const skip = tracking && !node["newRender"]
  const magic = node["magicId"] ? { "data-phx-id": String(node["magicId"]) } : {}
  node["newRender"] = false
  return markRoot(content, { ...magic, ...marks, ...(skip ? { "data-phx-skip": true } : {}) }, skip)
}

/** The statics of a node; a number is resolved once, because the message that it refers to is forgotten. */
function staticsOf(node: Node, templates: Node | null): readonly string[] {
  const given = node["s"]
  const statics = isShared(given) ? templates?.[given] : given
  if (!Array.isArray(statics)) throw new MergeError("a node has no statics")
  node["s"] = statics
  return statics
}

function printDynamics(
  node: Node,
  statics: readonly string[],
  templates: Node | null,
  printing: Printing,
  tracking: boolean,
): string {
  let out = statics[0] ?? ""
  for (let i = 0; i < statics.length - 1; i++) {
    const part = node[i]
    if (typeof part === "number") out += printComponent(String(part), printing)
    else if (isNode(part)) out += printTree(part, templates, printing, {}, tracking)
    else out += String(part)
    out += statics[i + 1] ?? ""
  }
  return out
}

function printRows(
  node: Node,
  templates: Node | null,
  printing: Printing,
  tracking: boolean,
): string {
  const own = isNode(node["p"]) ? node["p"] : null
  const statics = staticsOf(node, templates)
  delete node["p"]
  const rows = nodeAt(node, "k")
  let out = ""
  const shown = printing.tracking ? null : printing.rows?.of(refOf(node))
  if (shown) {
    for (const row of shown) out += printDynamics(row.node, row.statics, null, printing, tracking)
    return out
  }
  for (let i = 0; i < Number(rows["kc"]); i++) {
    out += printDynamics(nodeAt(rows, i), statics, templates ?? own, printing, tracking)
  }
  const { stream } = node
  if (printing.tracking && Array.isArray(stream)) {
    const deletes: unknown = stream[2]
    const some = Array.isArray(deletes) && deletes.length > 0
    if (Number(rows["kc"]) > 0 || some || stream[3]) {
      // the rows are in the page now, and forgotten here
      printing.rows?.take(stream, statics, rows)
      delete node["stream"]
      node["streamRef"] = stream[0]
      node["k"] = { kc: 0 }
      printing.streams.push(stream)
    }
  }
  return out
}

/** A component as the client prints it. */
export function printComponent(cid: string, printing: Printing): string {
  const node = printing.components[cid]
  if (!isNode(node)) {
    throw new MergeError(`Cannot continue render due to missing component: ${cid}`)
  }
  const { only, view, marked } = printing
  const marks: Marks = marked ? { "data-phx-component": cid, "data-phx-view": view } : {}
  if (printing.tracking) {
    node["newRender"] = only === null || only.has(cid)
    node["magicId"] = `c${cid}-${view}`
  }
  const tracking = printing.tracking && !node["reset"]
  const out = printTree(node, null, printing, marks, tracking)
  if (printing.tracking) delete node["reset"]
  return out
}
