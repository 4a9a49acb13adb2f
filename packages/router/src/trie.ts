import type { Pattern } from "./pattern.ts"

/**
 * A radix trie over the characters of the path. Below each node, in the order in which they are tried: text that
 * goes on (at most one child can), a parameter with a list of values, any parameter (up to the next slash, never
 * empty), the rest of the path.
 *
 * Where text leads into a dead end, what comes after it is tried. A node has one parent and is reached at one
 * position of a given path, so a match enters each node at most once: the work is bounded by the table and linear in
 * the length of the path, whatever the path.
 */
export interface Node<L> {
  label: string
  /** The characters of the label: an array is read faster than a string. */
  codes: readonly number[]
  leaf: L | null
  /** By the first character's code, less `first`. */
  children: (Node<L> | null)[]
  first: number
  /** Below a parameter that stands for some values only, by value. */
  listed: Map<string, Node<L>> | null
  param: Node<L> | null
  rest: L | null
  /** Whether something is left to try where text leads nowhere. */
  open: boolean
}

// stands in each node that has none: most of a large table
const none: never[] = []

export const emptyNode = <L>(label = ""): Node<L> => ({
  label,
  codes: codesOf(label),
  leaf: null,
  children: none,
  first: 0,
  listed: null,
  param: null,
  rest: null,
  open: false,
})

function codesOf(label: string): number[] {
  const codes: number[] = []
  for (let at = 0; at < label.length; at += 1) codes.push(label.charCodeAt(at))
  return codes
}

/** Adds what is found at the end of a pattern. Patterns of one shape must not be added twice. */
export function insert<L>(root: Node<L>, { segments }: Pattern, leaf: L): void {
  let node = root
  let text = ""
  for (const [index, segment] of segments.entries()) {
    // every path starts with a slash: the root stands behind it
    if (index > 0) text += "/"
    if (segment.kind === "static") {
      text += segment.text
      continue
    }
    node = extend(node, segment.kind === "param" ? text + segment.prefix : text)
    node.open = true
    text = ""
    if (segment.kind === "rest") {
      node.rest = leaf
      return
    }
    node = segment.values === null ? paramOf(node) : listedOf(node, segment.values)
  }
  extend(node, text).leaf = leaf
}

function paramOf<L>(node: Node<L>): Node<L> {
  node.param ??= emptyNode()
  return node.param
}

function listedOf<L>(parent: Node<L>, values: ReadonlySet<string>): Node<L> {
  parent.listed ??= new Map()
  // lists that share a value are the same
  const [value = ""] = values
  const known = parent.listed.get(value)
  if (known !== undefined) return known
  const made = emptyNode<L>()
  for (const value of values) parent.listed.set(value, made)
  return made
}

/** The node that lies `text` below another, made where there is none. */
function extend<L>(from: Node<L>, text: string): Node<L> {
  if (text === "") return from
  const child = from.children[text.charCodeAt(0) - from.first] ?? null
  if (child === null) {
    const made = emptyNode<L>(text)
    adopt(from, made)
    return made
  }
  const shared = sharedLength(child.label, text)
  if (shared === child.label.length) return extend(child, text.slice(shared))
  const between = emptyNode<L>(text.slice(0, shared))
  adopt(from, between)
  child.label = child.label.slice(shared)
  child.codes = codesOf(child.label)
  adopt(between, child)
  return extend(between, text.slice(shared))
}

/** Puts a child in its place, and makes the array just as long as it has to be. */
function adopt<L>(parent: Node<L>, child: Node<L>): void {
  const code = child.label.charCodeAt(0)
  if (parent.children.length === 0) {
    parent.children = []
    parent.first = code
  }
  while (code < parent.first) {
    parent.children.unshift(null)
    parent.first -= 1
  }
  while (code - parent.first >= parent.children.length) parent.children.push(null)
  parent.children[code - parent.first] = child
}

function sharedLength(one: string, other: string): number {
  const end = Math.min(one.length, other.length)
  let at = 0
  while (at < end && one.charCodeAt(at) === other.charCodeAt(at)) at += 1
  return at
}

/**
 * Finds what was added for a path, from a node on.
 * @param start Where the node stands in the path: the root behind its first slash.
 * @param spans Receives where the values of the parameters start and end, two numbers each.
 * @param count How many parameters were found on the way to this node.
 */
export function find<L>(
  from: Node<L>,
  path: string,
  start: number,
  spans: Int32Array,
  count: number,
): L | null {
  const end = path.length
  let node = from
  let at = start
  let found = count
  for (;;) {
    if (at === end) return node.leaf ?? restOf(node, at, end, spans, found)
    const index = path.charCodeAt(at) - node.first
    if (index >= 0 && index < node.children.length) {
      const child = node.children[index] as Node<L> | null
      if (child !== null && holds(path, at, child)) {
        const next = at + child.codes.length
        if (!node.open) {
          node = child
          at = next
          continue
        }
        const leaf = find(child, path, next, spans, found)
        if (leaf !== null) return leaf
      }
    }
    if (!node.open) return null
    const { listed, param, rest } = node
    if (listed !== null || (param !== null && rest !== null)) {
      return findInTurn(node, path, at, spans, found)
    }
    if (param === null) return restOf(node, at, end, spans, found)
    // written out: where the engine sees requests without parameters first, it would leave a call here
    const slash = path.indexOf("/", at)
    const stop = slash === -1 ? end : slash
    if (stop === at) return null
    spans[2 * found] = at
    spans[2 * found + 1] = stop
    node = param
    at = stop
    found += 1
  }
}

/** Finds by a listed value, by any, or by the rest of the path. */
function findInTurn<L>(
  node: Node<L>,
  path: string,
  at: number,
  spans: Int32Array,
  count: number,
): L | null {
  const { listed, param } = node
  const stop = endOfSegment(path, at)
  if (stop > at) {
    spans[2 * count] = at
    spans[2 * count + 1] = stop
    const known = listed?.get(path.slice(at, stop))
    const leaf = known === undefined ? null : find(known, path, stop, spans, count + 1)
    if (leaf !== null) return leaf
    const other = param === null ? null : find(param, path, stop, spans, count + 1)
    if (other !== null) return other
  }
  return restOf(node, at, path.length, spans, count)
}

function restOf<L>(
  { rest }: Node<L>,
  at: number,
  end: number,
  spans: Int32Array,
  count: number,
): L | null {
  if (rest === null) return null
  spans[2 * count] = at
  spans[2 * count + 1] = end
  return rest
}

function holds<L>(path: string, at: number, { label, codes }: Node<L>): boolean {
  const { length } = codes
  if (at + length > path.length) return false
  // from about here on the built-in is faster than the loop, the text that it cuts off included
  if (length > 24) return path.slice(at, at + length) === label
  // the first character is what the child was found by
  for (let offset = 1; offset < length; offset += 1) {
    if (path.charCodeAt(at + offset) !== codes[offset]) return false
  }
  return true
}

function endOfSegment(path: string, at: number): number {
  const slash = path.indexOf("/", at)
  return slash === -1 ? path.length : slash
}
