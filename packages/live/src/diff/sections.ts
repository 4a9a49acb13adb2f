import { type Html, toString as print } from "@bennu/html"
import type { TemplateTree } from "@bennu/html/tree"
import { DefinitionError } from "../errors.ts"
import type { SharedSection } from "../shared.ts"
import { change } from "./change.ts"
import { rootOf } from "./diff.ts"
import { fill } from "./full.ts"
import { isSame, type TemplateMemory } from "./memory.ts"
import { Message } from "./message.ts"
import { Spliced } from "./spliced.ts"
import type { WireNode } from "./wire.ts"

/** What is sent of a section, and what the client holds then. */
export interface SectionPart {
  readonly part: Spliced | null
  readonly memory: TemplateMemory
}

/** One section in one version: what pages are sent of it is made once for all that hold the same. */
export class Section {
  readonly key: string | number
  readonly #html: Html
  readonly #tree: TemplateTree
  readonly #changes = new WeakMap<TemplateMemory, SectionPart>()
  /** For a page that holds nothing of it. */
  readonly full: SectionPart & { readonly part: Spliced }
  #printed: string | null = null

  constructor({ key, render }: SharedSection) {
    this.key = key
    this.#html = render()
    this.#tree = rootOf(this.#html)
    this.full = this.#whole()
  }

  /** For a page that holds an earlier version, or other markup of the same template. */
  after(held: TemplateMemory): SectionPart {
    const { full } = this
    if (held === full.memory) return { part: null, memory: held }
    if (held.template !== this.#tree.template) return full
    const known = this.#changes.get(held) ?? this.#change(held, full.memory)
    this.#changes.set(held, known)
    return known
  }

  /** @throws {DefinitionError} when somebody else is shown something else under the same key. */
  demandSame({ render }: SharedSection): void {
    this.#printed ??= print(this.#html)
    if (print(render()) === this.#printed) return
    throw new DefinitionError(
      `shared("${this.key}", …) shows different things to different pages`,
      {
        hint: "Put all that it depends on into its key, and what belongs to one page outside of it.",
      },
    )
  }

  #whole(): SectionPart & { readonly part: Spliced } {
    const message = new Message()
    const node: WireNode = {}
    const memory = fill(node, this.#tree, message)
    if (memory.streams) {
      throw new DefinitionError("a stream stands in a shared section", {
        hint: "It belongs to one page: put it beside the section.",
      })
    }
    const { template } = this.#tree
    message.needs(node, template)
    if (template.root) node.r = 1
    message.share(node)
    return { part: new Spliced(JSON.stringify(node)), memory }
  }

  #change(held: TemplateMemory, full: TemplateMemory): SectionPart {
    const message = new Message()
    const { part, memory } = change(held, this.#tree, message)
    if (part !== null) message.share(part)
    return {
      part: part === null ? null : new Spliced(JSON.stringify(part)),
      // pages that joined at different times come to hold the same
      memory: isSame(memory, full) ? full : memory,
    }
  }
}

/** How sections are kept and drawn. */
export interface SectionOptions {
  /** How many are kept: the last ones that were asked for. */
  readonly limit: number
  /** Whether to look that all pages are shown the same. */
  readonly development: boolean
}

/** The sections of one view, for all of its pages. */
export class Sections {
  readonly #known = new Map<string | number, Section>()

  of(section: SharedSection, { limit, development }: SectionOptions): Section {
    const { key } = section
    const known = this.#known.get(key)
    if (known && development) known.demandSame(section)
    const found = known ?? new Section(section)
    this.#known.delete(key)
    this.#known.set(key, found)
    const [oldest] = this.#known.keys()
    if (this.#known.size > limit && oldest !== undefined) this.#known.delete(oldest)
    return found
  }
}
