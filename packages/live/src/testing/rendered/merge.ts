import { isNode, MergeError, type Node, nodeAt } from "./node.ts"

// What phoenix_live_view's assets/js/phoenix_live_view/rendered.js does (1.2.12, MIT licence), step by step: also
// which nodes it shares, copies and marks, because later messages depend on that.

/** Merges a message without its components into the tree, which is changed or replaced. */
export function mergeTree(target: Node, source: Node): Node {
  if (source["s"] !== undefined) return source
  mergeInto(target, source)
  return target
}

function mergeInto(target: Node, source: Node): void {
  if (source["k"]) mergeRows(target, source)
  else {
    for (const [key, value] of Object.entries(source)) {
      const held = target[key]
      if (isNode(value) && value["s"] === undefined && isNode(held)) mergeInto(held, value)
      else target[key] = value
    }
  }
  if (target["r"]) target["newRender"] = true
}

function mergeRows(target: Node, source: Node): void {
  const rows = nodeAt(source, "k")
  const before = rows["km"] ? nodeAt(structuredClone(target), "k") : null
  const held = nodeAt(target, "k")
  for (const [i, entry] of Object.entries(rows)) {
    if (i === "kc" || i === "km") continue
    if (typeof entry === "number") held[i] = moved(before, entry)
    else if (Array.isArray(entry)) {
      const row = moved(before, entry[0])
      if (!isNode(entry[1])) throw new MergeError("a moved row has no changes")
      held[i] = row
      mergeInto(row, entry[1])
    } else if (isNode(entry)) {
      if (!held[i]) held[i] = {}
      mergeInto(nodeAt(held, i), entry)
    }
  }
  for (let i = Number(rows["kc"]); i < Number(held["kc"]); i++) delete held[i]
  held["kc"] = rows["kc"]
  if (source["stream"]) target["stream"] = source["stream"]
  if (source["p"]) target["p"] = source["p"]
}

function moved(before: Node | null, index: unknown): Node {
  if (before === null) throw new MergeError("a row moved in a message without km")
  return nodeAt(before, Number(index))
}

/** The components of a message, each with what it takes over from others; keys are their numbers. */
export function mergeComponents(held: Node, sent: Node): Node {
  const merged: Node = {}
  for (const cid of Object.keys(sent)) resolve(cid)
  return merged

  function resolve(cid: string): Node {
    const done = merged[cid]
    if (isNode(done)) return done
    const diff = nodeAt(sent, cid)
    const statics = diff["s"]
    let node: Node
    if (typeof statics === "number") {
      // of another component: as it is in this message, or as it was before it
      const model = statics > 0 ? resolve(String(statics)) : nodeAt(held, -statics)
      node = mergedCopy(model, diff, true)
      node["s"] = model["s"]
    } else {
      const old = held[cid]
      node = statics === undefined && isNode(old) ? mergedCopy(old, diff, false) : diff
    }
    merged[cid] = node
    return node
  }
}

function mergedCopy(target: Node, source: Node, fresh: boolean): Node {
  let merged: Node
  if (source["k"]) {
    merged = structuredClone(target)
    mergeRows(merged, source)
    if (fresh) forgetMarks(merged)
  } else {
    merged = { ...target, ...source }
    for (const key of Object.keys(merged)) {
      const value = source[key]
      const held = target[key]
      if (!isNode(held)) continue
      if (isNode(value) && value["s"] === undefined) merged[key] = mergedCopy(held, value, fresh)
      else if (value === undefined) merged[key] = mergedCopy(held, {}, fresh)
    }
  }
  if (fresh) {
    delete merged["magicId"]
    delete merged["newRender"]
  } else if (target["r"]) merged["newRender"] = true
  return merged
}

function forgetMarks(node: Node): void {
  for (const value of Object.values(node)) if (isNode(value)) forgetMarks(value)
  delete node["magicId"]
  delete node["newRender"]
}
