import { mergeComponents, mergeTree } from "./merge.ts"
import { isNode, type Node } from "./node.ts"
import { type Printing, printComponent, printTree, type Stream } from "./print.ts"

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

/** A view's tree in the page: merges what the server sends, and prints it, as the official client does. */
export class Rendered {
  readonly #view: string
  #tree: Node = {}
  #components: Node = {}
  #magicId = 0
  /** What is to be printed: everything but components that are not among these, or these components alone. */
  #merged: { readonly whole: boolean; readonly only: ReadonlySet<string> | null } | null = null

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
    if (merged.whole) {
      return {
        patch: printTree(this.#tree, null, this.#printing(true, merged.only, streams)),
        streams,
      }
    }
    const patch: Record<string, string> = {}
    for (const cid of this.#outermost(merged.only ?? new Set())) {
      patch[cid] = printComponent(cid, this.#printing(true, null, streams))
    }
    return { patch, streams }
  }

  /** The whole view as it stands in the page, without the client's marks. */
  html(): string {
    return printTree(this.#tree, null, this.#printing(false, null, []))
  }

  #printing(tracking: boolean, only: ReadonlySet<string> | null, streams: Stream[]): Printing {
    return {
      view: this.#view,
      components: this.#components,
      tracking,
      only,
      streams,
      nextMagicId: () => `m${++this.#magicId}-${this.#view}`,
    }
  }

  /** Those of the components that stand in the page, and in none of the others. */
  #outermost(cids: ReadonlySet<string>): string[] {
    const found: string[] = []
    const components = this.#components
    visit(this.#tree)
    return found

    function visit(part: unknown): void {
      if (typeof part === "number") {
        if (cids.has(String(part))) found.push(String(part))
        else visit(components[part])
      } else if (isNode(part)) {
        const rows = part["k"]
        if (isNode(rows)) for (const [i, row] of Object.entries(rows)) if (i !== "kc") visit(row)
        for (const [key, value] of Object.entries(part)) if (/^\d+$/.test(key)) visit(value)
      }
    }
  }
}
