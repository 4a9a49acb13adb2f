import type { Pattern } from "./pattern.ts"

/**
 * A radix trie over the characters of the path. Below each node, in the order in which they are tried: text that
 * goes on (at most one child can), a parameter (up to the next slash, never empty), the rest of the path.
 *
 * Where text leads into a dead end, the parameter is tried after it. A node has one parent and is reached at one
 * position of a given path, so a match enters each node at most once: the work is bounded by the table and the
 * length of the path, whatever the path.
 */
export interface Node<L> {
  label: string
  /** By the first character's code, which is below 128: patterns are ASCII once they are encoded. */
  children: (Node<L> | undefined)[] | null
  param: Node<L> | null
  rest: L | null
  leaf: L | null
}

export const emptyNode = <L>(label = ""): Node<L> => ({
  label,
  children: null,
  param: null,
  rest: null,
  leaf: null,
})

/** Adds what is found at the end of a pattern. Patterns of one shape must not be added twice. */
export function insert<L>(root: Node<L>, { segments }: Pattern, leaf: L): void {
  let node = root
  let text = ""
  for (const segment of segments) {
    text += "/"
    if (segment.kind === "static") {
      text += segment.text
      continue
    }
    node = extend(node, segment.kind === "param" ? text + segment.prefix : text)
    text = ""
    if (segment.kind === "rest") {
      node.rest = leaf
      return
    }
    node.param ??= emptyNode()
    node = node.param
  }
  extend(node, text).leaf = leaf
}

/** The node that lies `text` below another, made where there is none. */
function extend<L>(from: Node<L>, text: string): Node<L> {
  if (text === "") return from
  from.children ??= new Array<undefined>(128).fill(undefined)
  const first = text.charCodeAt(0)
  const child = from.children[first]
  if (child === undefined) {
    const made = emptyNode<L>(text)
    from.children[first] = made
    return made
  }
  const shared = sharedLength(child.label, text)
  if (shared === child.label.length) return extend(child, text.slice(shared))
  const between = emptyNode<L>(text.slice(0, shared))
  from.children[first] = between
  child.label = child.label.slice(shared)
  between.children = new Array<undefined>(128).fill(undefined)
  between.children[child.label.charCodeAt(0)] = child
  return extend(between, text.slice(shared))
}

function sharedLength(one: string, other: string): number {
  const end = Math.min(one.length, other.length)
  let at = 0
  while (at < end && one.charCodeAt(at) === other.charCodeAt(at)) at += 1
  return at
}

/**
 * Finds what was added for a path.
 * @param spans Receives where the values of the parameters start and end, two numbers each.
 * @param count How many parameters were found on the way to this node.
 */
export function find<L>(
  from: Node<L>,
  path: string,
  start: number,
  spans: number[],
  count: number,
): L | null {
  const end = path.length
  let node = from
  let at = start
  let found = count
  for (;;) {
    if (at === end) return node.leaf ?? restOf(node, at, end, spans, found)
    const child = node.children === null ? undefined : node.children[path.charCodeAt(at)]
    if (child !== undefined && holds(path, at, child.label)) {
      const next = at + child.label.length
      if (node.param === null && node.rest === null) {
        node = child
        at = next
        continue
      }
      const leaf = find(child, path, next, spans, found)
      if (leaf !== null) return leaf
    }
    const { param } = node
    if (param !== null) {
      const stop = endOfSegment(path, at)
      if (stop > at) {
        spans[2 * found] = at
        spans[2 * found + 1] = stop
        if (node.rest === null) {
          node = param
          at = stop
          found += 1
          continue
        }
        const leaf = find(param, path, stop, spans, found + 1)
        if (leaf !== null) return leaf
      }
    }
    return restOf(node, at, end, spans, found)
  }
}

function restOf<L>(
  { rest }: Node<L>,
  at: number,
  end: number,
  spans: number[],
  count: number,
): L | null {
  if (rest === null) return null
  spans[2 * count] = at
  spans[2 * count + 1] = end
  return rest
}

function holds(path: string, at: number, label: string): boolean {
  const { length } = label
  if (at + length > path.length) return false
  // from about here on the built-in is faster than the loop
  if (length > 8) return path.startsWith(label, at)
  // the first character is what the child was found by
  for (let offset = 1; offset < length; offset += 1) {
    if (path.charCodeAt(at + offset) !== label.charCodeAt(offset)) return false
  }
  return true
}

function endOfSegment(path: string, at: number): number {
  const slash = path.indexOf("/", at)
  return slash === -1 ? path.length : slash
}
