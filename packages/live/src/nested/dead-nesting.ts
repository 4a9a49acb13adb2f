import { type Html, html, toString as print } from "@bennu/html"
import { withComponents } from "../component/dead-components.ts"
import { NavigationError } from "../errors.ts"
import { viewHtml } from "../render/view-html.ts"
import { containerHtml } from "../route/container.ts"
import type { Served } from "../route/live-route.ts"
import { mountView } from "../view/arriving.ts"
import { awaited } from "../view/awaited.ts"
import type { Running } from "../view/callback.ts"
import type { DefinedView } from "../view/defined-view.ts"
import type { Elsewhere } from "../view/page.ts"
import { allowedIn, demandDeclared, type Nested, nestedIn } from "./nesting.ts"

/** What views get that are held by one that is rendered for a page's first answer. */
export interface DeadHolder {
  readonly id: string
  /** What tells its page from others. */
  readonly page: string
  readonly allowed: ReadonlySet<DefinedView>
  readonly running: Running
  readonly served: Pick<Served, "tokens" | "nested" | "sessionName">
  /** Of the page. */
  readonly url: URL
  readonly csrfToken: () => string
  readonly nonce: string
  /** The page is not live. */
  readonly still: boolean
}

/** A view that is held by another sends the page elsewhere. */
export class SentElsewhere extends NavigationError {
  readonly leaving: Elsewhere
  constructor(leaving: Elsewhere) {
    super(
      leaving.to,
      "is where a nested view redirects to",
      "Decide in the controller whether to render it.",
    )
    this.leaving = leaving
  }
}

/**
 * Prints a view with the views in it. Printing cannot wait: it is done once to find them, and again when they are mounted.
 * @throws {SentElsewhere} when one of them redirects.
 */
export async function printWithNested(content: Html, holder: DeadHolder): Promise<string> {
  const done = new Map<string, Html>()
  for (;;) {
    const wanted = new Map<string, Nested>()
    const place = (nested: Nested): Html => {
      demandDeclared(holder.allowed, nested)
      const known = done.get(nested.id)
      if (!known) wanted.set(nested.id, nested)
      return known ?? html``
    }
    const printed = nestedIn({ place }, () => print(content))
    if (wanted.size === 0) return printed
    const mounted = [...wanted.values()].map(
      async (nested) => [nested.id, await deadNested(nested, holder)] as const,
    )
    for (const [id, markup] of await Promise.all(mounted)) done.set(id, markup)
  }
}

/** Mounts a view without an address, and prints it. */
export async function printMounted(
  { view, id, session }: Nested,
  holder: Omit<DeadHolder, "id">,
): Promise<string> {
  const { csrfToken, nonce } = holder
  const running = { ...holder.running, guards: view.definition.onMount ?? [] }
  const mounted = await mountView(view, running, {
    ...{ address: addressIn(holder.url), flash: {}, mounts: 0, connectParams: {} },
    ...{ staticChanged: false, session },
  })
  if ("redirect" in mounted) throw new SentElsewhere(mounted.redirect.leaving)
  const name = holder.served.nested.nameOf(view)
  const made = await awaited(name, running, mounted)
  const { scope } = running
  const frame = { scope, connected: false, layout: null, csrfToken, nonce }
  const content = await withComponents(viewHtml(view, made, frame), { view, name }, running, made)
  const allowed = allowedIn(view, holder.allowed)
  return printWithNested(content, { ...holder, id, allowed, running })
}

async function deadNested(nested: Nested, holder: DeadHolder): Promise<Html> {
  const { id, view, session: given, sticky, container } = nested
  const { tokens, nested: names, sessionName: session } = holder.served
  const printed = await printMounted(nested, holder)
  const fixed = tokens.signStatic(id, {}, true)
  if (holder.still) {
    return containerHtml(container, { id, kind: {}, session: null, static: "" }, printed)
  }
  if (!sticky) {
    const kind = { "data-phx-parent-id": holder.id }
    // the session comes with the parent's connected rendering: it names that one
    return containerHtml(container, { id, kind, session: "", static: fixed }, printed)
  }
  const target = holder.url.pathname + holder.url.search
  const { nonce, page } = holder
  const claims = { id, view: names.nameOf(view), session, target, given, nonce, page }
  const signed = tokens.signSticky(claims)
  const kind = { "data-phx-sticky": true } as const
  return containerHtml(container, { id, kind, session: signed, static: fixed }, printed)
}

/** A view without an address has the page's, without what it was asked for with. */
export function addressIn(page: URL) {
  const url = new URL(page)
  url.search = ""
  return { params: {}, url, action: undefined }
}
