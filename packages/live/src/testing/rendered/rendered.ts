import { mergeComponents, mergeTree } from "./merge.ts"
import { isNode, type Node } from "./node.ts"
import { type Printing, printComponent, printTree } from "./print.ts"
import { rootAlone } from "./root-tag.ts"
import { refOf, type Stream, StreamPage } from "./stream-page.ts"

/** What a message brings besides markup. */
export interface Extras {
  /** The new title; absent when it stays. */
  readonly title?: string | undefined
  /** What the handler replied, for hooks. */
  readonly reply: unknown
  /** Events for the page, as `[name, payload]`, with `true` behind those before the patch. */
  readonly events: readonly (readonly unknown[])[]
}

/** What of the page is to be patched. */
export interface Patch {
  /** The view's markup, that of components alone by their numbers, or `null` when nothing is to be patched. */
  readonly patch: string | Readonly<Record<string, string>> | null
  readonly streams: readonly Stream[]
}

interface Merged {
  readonly whole: boolean
  readonly only: ReadonlySet<string> | null
}

/** A view's tree in the page: merges what the server sends, and prints it, as the official client does. */
export class Rendered {
  readonly #view: string
  #tree: Node = {}
  #components: Node = {}
  #magicId = 0
  readonly #rows = new StreamPage()
  /** What is to be printed: everything but components that are not among these, or these components alone. */
  #merged: Merged | null = null

  constructor(view: string) {
    this.#view = view
  }

  /**
   * Takes a message in and prints it; the first is the tree that a join answers with.
   * @throws when the official client would: a change of what it does not hold, a move without `km`.
   */
  receive(frame: object): Extras & Patch {
    const extras = this.merge(frame)
    return { ...extras, ...this.patch() }
  }

  /** Takes a message in. */
  merge(frame: object): Extras {
    const { r, e, t, c, ...diff }: Node = structuredClone({ ...frame })
    const sent = isNode(c) ? c : null
    const replaced = diff["s"] !== undefined
    const whole = Object.keys(diff).length > 0
    this.#tree = mergeTree(this.#tree, diff)
    if (replaced) this.#components = {}
    if (sent !== null) Object.assign(this.#components, mergeComponents(this.#components, sent))
    const only = replaced ? null : new Set(Object.keys(sent ?? {}))
    this.#merged = whole || sent !== null ? { whole, only } : null
    const title = typeof t === "string" ? { title: t } : {}
    return { ...title, reply: r || null, events: Array.isArray(e) ? e : [] }
  }

  /** Prints what was merged since the last patch; rows of streams are forgotten then. */
  patch(): Patch {
    const merged = this.#merged
    const streams: Stream[] = []
    if (merged === null) return { patch: null, streams }
    this.#merged = null
    const patch = this.#print(merged, streams)
    this.#rows.keep(this.#visit().streams)
    return { patch, streams }
  }

  #print({ whole, only }: Merged, streams: Stream[]): Patch["patch"] {
    if (whole) return printTree(this.#tree, null, this.#printing(true, only, streams))
    const patch: Record<string, string> = {}
    for (const cid of this.#outermost(only ?? new Set())) {
      patch[cid] = rootAlone(printComponent(cid, this.#printing(true, null, streams)))
    }
    return patch
  }

  /** The whole view as the client holds it, with the marks of components: of streams only what was not patched yet. */
  html(): string {
    return printTree(this.#tree, null, this.#printing(false, null, []))
  }

  /** The whole view as it stands in the page, with the marks of components or without any. */
  page(marked = false): string {
    const printing = { ...this.#printing(false, null, []), rows: this.#rows, marked }
    return printTree(this.#tree, null, printing)
  }

  /** The numbers of the components that are known and do not stand in the page. */
  absent(): readonly number[] {
    const present = this.#visit().components
    return Object.keys(this.#components)
      .map(Number)
      .filter((cid) => !present.has(cid))
  }

  /** Components that left the page are printed in full should they come back. */
  left(cids: readonly number[]): void {
    for (const cid of cids) {
      const node = this.#components[cid]
      if (isNode(node)) node["reset"] = true
    }
  }

  /** Forgets components that the server has forgotten. */
  prune(cids: readonly number[]): void {
    for (const cid of cids) delete this.#components[cid]
  }

  #printing(tracking: boolean, only: ReadonlySet<string> | null, streams: Stream[]): Printing {
    return {
      view: this.#view,
      components: this.#components,
      tracking,
      only,
      streams,
      rows: tracking ? this.#rows : null,
      marked: true,
      nextMagicId: () => `m${++this.#magicId}-${this.#view}`,
    }
  }

  /** Those of the components that stand in the page, and in none of the others. */
  #outermost(cids: ReadonlySet<string>): string[] {
    const found: string[] = []
    this.#visit((cid) => {
      const wanted = cids.has(cid)
      if (wanted) found.push(cid)
      return !wanted
    })
    return found.sort((a, b) => Number(a) - Number(b))
  }

  /** Walks what stands in the page. @param into Whether to look into a component. */
  #visit(into: (cid: string) => boolean = () => true): {
    readonly components: Set<number>
    readonly streams: Set<string>
  } {
    const components = this.#components
    const rows = this.#rows
    const seen = { components: new Set<number>(), streams: new Set<string>() }
    visit(this.#tree)
    return seen

    function visit(part: unknown): void {
      if (typeof part === "number") {
        seen.components.add(part)
        if (into(String(part))) visit(components[part])
      } else if (isNode(part)) {
        const entries = part["k"]
        const ref = refOf(part)
        if (ref !== null) seen.streams.add(ref)
        for (const row of rows.of(ref) ?? []) visit(row.node)
        if (isNode(entries))
          for (const [i, row] of Object.entries(entries)) if (i !== "kc") visit(row)
        for (const [key, value] of Object.entries(part)) if (/^\d+$/.test(key)) visit(value)
      }
    }
  }
}
