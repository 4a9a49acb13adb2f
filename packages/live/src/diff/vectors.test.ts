import { readFileSync } from "node:fs"
import { each, type Hole, type Html, html, type Renderable, raw, rendered } from "@bennu/html"
import { beforeAll, describe, expect, it } from "vitest"
import {
  type OfficialClient,
  type OfficialTree,
  officialClient,
} from "../../fixtures/official-client.ts"
import { type Insert, StreamRows } from "../stream/stream-rows.ts"
import { Rendered } from "../testing/rendered/rendered.ts"
import { ViewFrames } from "./view-frames.ts"

// What a server may send, and what the official client makes of it. For each we have a view whose states print the same, made of the
// client's own tree after each message: its statics are our templates.

interface Vector {
  readonly name: string
  readonly view: string
  readonly frames: readonly object[]
  readonly html: readonly string[]
}
// proof: the file is a fixture of this form
const { vectors } = JSON.parse(
  readFileSync(new URL("../../fixtures/vectors.json", import.meta.url), "utf8"),
) as { readonly vectors: readonly Vector[] }

/** A node of the client's tree. */
interface Node {
  [key: string]: unknown
}
const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && !Array.isArray(value)
const nodeOf = (value: unknown): Node => {
  if (isNode(value)) return value
  throw new TypeError("there is no node")
}

class Part implements Renderable {
  readonly cid: number
  constructor(cid: number) {
    this.cid = cid
  }
  [rendered](): never {
    throw new TypeError("a component is drawn by its number")
  }
}

const literals = new Map<string, TemplateStringsArray>()
function literal(statics: readonly string[]): TemplateStringsArray {
  const key = JSON.stringify(statics)
  const known = literals.get(key)
  if (known) return known
  // we write an attribute that may be missing as a hole in quotes
  const parts = statics.map((part, i) =>
    part.endsWith("<button") && statics[i + 1]?.startsWith(">")
      ? `${part} disabled="`
      : part.startsWith(">go")
        ? `"${part}`
        : part,
  )
  const strings = Object.freeze(Object.assign(parts, { raw: Object.freeze([...parts]) }))
  literals.set(key, strings)
  return strings
}

const entities = new Map([
  ["&lt;", "<"],
  ["&gt;", ">"],
  ["&quot;", '"'],
  ["&#39;", "'"],
  ["&amp;", "&"],
])
const unescaped = (text: string) =>
  text.replaceAll(/&(?:lt|gt|quot|#39|amp);/g, (entity) => entities.get(entity) ?? entity)

/** The view that the client's tree shows. */
function view(node: Node, version: number): Html {
  // the fixtures' statics are arrays once they are resolved
  const strings = literal(node["s"] as string[])
  const row = (entry: Node) =>
    html(strings, ...strings.slice(1).map((_, i) => hole(entry[i], strings[i] ?? "", version)))
  if (!node["k"]) return row(node)
  const k = nodeOf(node["k"])
  const rows = Array.from({ length: Number(k["kc"]) }, (_, i) => nodeOf(k[i]))
  const { stream } = node
  if (!Array.isArray(stream)) return each(rows, (entry) => String(entry["key"]), row)
  const [ref, inserts, deletes, reset = false] = stream
  const change = {
    inserts: inserts.map(
      (
        [id, at, limit, only]: [string, number, number | null, boolean | null],
        i: number,
      ): Insert => ({
        ...{ id, row: rows[i], at, limit, updateOnly: only ?? false },
      }),
    ),
    ...{ deletes, reset },
  }
  return each(new StreamRows(ref, version, change), (entry) => row(nodeOf(entry)))
}

function hole(value: unknown, before: string, version: number): Hole {
  if (typeof value === "number") return new Part(value)
  if (isNode(value)) return view(value, version)
  const text = String(value)
  if (before.endsWith('disabled="')) return text !== ""
  return before.endsWith('="') ? unescaped(text) : raw(text)
}

/** Puts statics in their places, and gives rows keys that they keep. */
class Settler {
  #keys = 0

  settle(node: Node, templates: Node = {}): void {
    const scope = isNode(node["p"]) ? node["p"] : templates
    delete node["p"]
    if (typeof node["s"] === "number") node["s"] = scope[node["s"]]
    const rows = node["k"]
    if (isNode(rows)) this.#settleRows(rows, scope)
    for (const [key, part] of Object.entries(node)) {
      if (/^\d+$/.test(key) && isNode(part)) this.settle(part, scope)
    }
  }

  #settleRows(rows: Node, scope: Node): void {
    const taken = new Set<unknown>()
    // a row that is new at a place has what stood there before, and its key: those behind it that moved have it by right
    for (let i = Number(rows["kc"]) - 1; i >= 0; i--) {
      const row = nodeOf(rows[i])
      if (row["key"] === undefined || taken.has(row["key"])) row["key"] = `k${this.#keys++}`
      taken.add(row["key"])
      this.settle(row, scope)
    }
  }
}

/** The client's print forgets the rows of streams. */
function forgetStreams(node: Node): void {
  if (Array.isArray(node["stream"])) {
    node["k"] = { kc: 0 }
    node["stream"] = [node["stream"][0], [], []]
  }
  for (const part of Object.values(node)) if (isNode(part)) forgetStreams(part)
}

/** A component: what was drawn of it. */
interface Known {
  readonly cid: number
  drawn: string
}

/**
 * How long messages are. Left out are marks of nodes that are one element, which spare the client work, and names of attributes, which
 * we send with their values so that they may be missing: both sides of the same choice are compared.
 */
const size = (frames: readonly object[]) =>
  JSON.stringify(frames)
    .replaceAll(',"r":1', "")
    .replaceAll('"r":1,', "")
    .replaceAll(/" [a-z]+=\\"([^"\\]*)\\""/g, '"$1"').length - 2

describe("a view of ours", () => {
  let Official: OfficialClient
  beforeAll(async () => {
    Official = await officialClient()
  })

  it.each(vectors)(
    "prints the same and sends no more: $name",
    ({ view: id, frames, html: printed }) => {
      let tree: OfficialTree | null = null
      const settler = new Settler()
      const ours = new Rendered(id)
      const sizes = { ours: 0, theirs: 0 }
      let components: Node = {}
      const known = new Map<number, Known>()
      const isChanged = ({ cid, drawn }: Known) => drawn !== JSON.stringify(components[cid])
      const server = new ViewFrames<Known>({
        place(part) {
          if (!(part instanceof Part)) return null
          const component = known.get(part.cid) ?? { cid: part.cid, drawn: "" }
          known.set(part.cid, component)
          const changed = component.drawn !== JSON.stringify(components[part.cid])
          return { component, changed }
        },
        dirty: () => [...known.values()].filter(isChanged),
      })
      for (const [i, frame] of frames.entries()) {
        const { e: _e, t: _t, r: _r, ...sent }: Node = structuredClone({ ...frame })
        const theirs = size([sent])
        if (tree === null) tree = new Official(id, sent)
        else tree.mergeDiff(sent)
        const client = nodeOf(tree.get())
        settler.settle(client)
        for (const component of Object.values(nodeOf(client["c"])))
          settler.settle(nodeOf(component))
        // the client changes its tree, and a view's rows never change
        const held = structuredClone(client)
        components = nodeOf(held["c"])
        const drawing = server.send(view(held, i))
        let step = drawing.next()
        while (!step.done) {
          const shown = nodeOf(components[step.value.cid])
          step.value.drawn = JSON.stringify(shown)
          step = drawing.next(view(shown, i))
        }
        const told: readonly object[] = JSON.parse(JSON.stringify(step.value))
        for (const one of told) ours.merge(one)
        expect(ours.html()).toBe(printed[i])
        ours.patch()
        sizes.ours += size(told)
        sizes.theirs += theirs
        forgetStreams(client)
      }
      expect(sizes.ours).toBeLessThanOrEqual(sizes.theirs)
    },
  )
})
