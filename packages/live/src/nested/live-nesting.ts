import { randomToken } from "@bennu/core/crypto"
import type { Html } from "@bennu/html"
import { DefinitionError } from "../errors.ts"
import { containerHtml } from "../route/container.ts"
import type { Served } from "../route/live-route.ts"
import type { DefinedView } from "../view/defined-view.ts"
import { demandDeclared, type Nested, type Nesting } from "./nesting.ts"

/** What a running view knows of itself that the views in it need. */
export interface LiveHolder {
  readonly id: string
  readonly allowed: ReadonlySet<DefinedView>
  readonly served: Pick<Served, "tokens" | "nested" | "sessionName">
  /** Path and query of the page that its views first stood in. */
  readonly target: string
  /** Of its document. */
  readonly nonce: string
  /** Whose session it is shown in; null where there is none. */
  readonly visitor?: string | null
  /** What tells its page from others. */
  readonly page: string
  /** What tells it from views of other pages, whichever process it runs in. */
  readonly pageKey: string
  /** Its page went to it, or to the view around it, by live navigation. */
  readonly navigated: boolean
}

interface Placed {
  readonly nested: Nested
  readonly markup: Html
  /** Its page has taken the element away. */
  isGone: boolean
}

// More views in one are a list that should be a view.
const LIMIT = 1000

/** The views in a running view: what stands in their place, and which of them run. */
export class LiveNesting implements Nesting {
  /** What the children's tokens name: not the view, but this run of it. */
  readonly instance: string = randomToken()
  readonly holder: LiveHolder
  /** How often its page had been shown a view of this page before, as it counts itself. */
  joins: number
  /** Nobody can join it any more. */
  over = false
  readonly #placed = new Map<string, Placed>()
  readonly #children = new Set<() => void>()

  constructor(holder: LiveHolder, joins: number) {
    this.holder = holder
    this.joins = joins
  }

  /** An empty element, the same at each rendering: what is in it is the child's business. */
  place(nested: Nested): Html {
    demandDeclared(this.holder.allowed, nested)
    const known = this.#placed.get(nested.id)
    const same = known?.nested.view === nested.view && known.nested.sticky === nested.sticky
    if (known && same && !known.isGone) return known.markup
    if (!known && this.#placed.size >= LIMIT) this.#makeRoom()
    const markup = this.#markup(nested)
    this.#placed.set(nested.id, { nested, markup, isGone: false })
    return markup
  }

  /** The child of this id that comes, if the markup holds or held one: its page may have been told to open it again before it closed it. */
  arrived(id: string): Nested | null {
    const placed = this.#placed.get(id)
    if (!placed) return null
    placed.isGone = false
    return placed.nested
  }

  /** A child runs. @returns To be called when it has ended. */
  started(end: () => void): () => void {
    this.#children.add(end)
    return () => this.#children.delete(end)
  }

  /** The page has taken the child's element away: another of its name is another. */
  left(id: string): void {
    const placed = this.#placed.get(id)
    if (placed) placed.isGone = true
  }

  /** Ends the children. */
  end(): void {
    this.over = true
    for (const end of this.#children) end()
    this.#children.clear()
    this.#placed.clear()
  }

  #makeRoom(): void {
    for (const [id, { isGone }] of this.#placed) {
      if (isGone) return void this.#placed.delete(id)
    }
    const hint = "Render rows in one view, or the views of one page of them."
    throw new DefinitionError(`a view holds more than ${LIMIT} views`, { hint })
  }

  #markup({ id, view, session: given, sticky, container }: Nested): Html {
    const { id: parent, served, target, nonce, page } = this.holder
    const { tokens, nested: names, sessionName } = served
    if (!sticky) {
      const session = tokens.signChild({ id, parent: this.instance })
      const kind = { "data-phx-parent-id": parent }
      return containerHtml(container, { id, kind, session, static: "" }, "")
    }
    const claims = {
      id,
      view: names.nameOf(view),
      session: sessionName,
      target,
      given,
      nonce,
      page,
    }
    const session = tokens.signSticky(claims)
    const kind = { "data-phx-sticky": true } as const
    return containerHtml(container, { id, kind, session, static: "" }, "")
  }
}
