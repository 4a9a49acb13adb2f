import { DuplicateKeyError } from "../errors.ts"
import type { Hole, Resolve } from "../hole.ts"
import type { Html } from "../markup.ts"
import { direct, dynamicOf, type ListTree, type TemplateTree, treeOf, wrapped } from "../tree.ts"
import { Later } from "./later.ts"

/** What a page prints, in pieces that are not empty, and the parts that have to be waited for. */
export function* pieces(hole: Hole): Generator<string | Later> {
  yield* template(wrapped(hole))
}

function* template({
  template: { statics, slots },
  holes,
}: TemplateTree): Generator<string | Later> {
  let found: Later | null = null
  const resolve: Resolve = (renderable, slot) => {
    if (!(renderable instanceof Later) || slot.kind === "plain") return direct(renderable, slot)
    if (slot.kind !== "text" && slot.kind !== "markup") return direct(renderable, slot)
    found = renderable
    return 0
  }
  for (const [index, slot] of slots.entries()) {
    const before = statics[index] ?? ""
    const given = dynamicOf(slot, holes[index], resolve)
    if (typeof given === "string") {
      if (before !== "" || given !== "") yield before + given
      continue
    }
    if (before !== "") yield before
    if (typeof given !== "number") yield* markup(given)
    else if (found !== null) yield found
  }
  const tail = statics.at(-1) ?? ""
  if (tail !== "") yield tail
}

function* markup(html: Html): Generator<string | Later> {
  const tree = treeOf(html)
  if (tree.kind === "raw") {
    if (tree.markup !== "") yield tree.markup
  } else if (tree.kind === "template") yield* template(tree)
  else yield* list(tree)
}

function* list(tree: ListTree): Generator<string | Later> {
  const seen = new Set<string | number>()
  for (let i = 0; i < tree.rows.length; i++) {
    const key = tree.keyAt(i)
    if (seen.has(key)) throw new DuplicateKeyError(key)
    seen.add(key)
    yield* pieces(tree.rowAt(i))
  }
}
