import { type PageDocument, type PageElement, type PageEvent, page } from "./page.ts"

export interface ViewTransitionOptions {
  /** Which ways of getting elsewhere are animated (both): `navigate` to another view, `patch` to the same with other parameters. */
  readonly on?: readonly ("navigate" | "patch")[] | undefined
}

// as the client calls them
const kinds: ReadonlyMap<unknown, "navigate" | "patch"> = new Map([
  ["redirect", "navigate"],
  ["patch", "patch"],
])

/**
 * Animates the way to another view by the browser's view transitions, where it has them and whoever looks wants motion. A link may
 * say of which types its transition is: `<a data-transition="slide back">` is `:active-view-transition-type(slide)` in CSS.
 * @returns The `dom` of the LiveSocket.
 * @example new LiveSocket("/live", Socket, { params, dom: viewTransitions() })
 */
export function viewTransitions({ on = ["navigate", "patch"] }: ViewTransitionOptions = {}): {
  onDocumentPatch(start: () => void): void
} {
  const window = page()
  const { document } = window
  let leaving = false
  let types: readonly string[] = []
  let clicked: readonly string[] = []
  const calm = () => window.matchMedia?.("(prefers-reduced-motion: reduce)").matches ?? false

  const click = ({ target }: PageEvent) => {
    clicked = typesOf(target)
  }
  window.addEventListener("click", click, { capture: true })
  window.addEventListener("popstate", () => {
    clicked = []
  })
  window.addEventListener("phx:page-loading-start", ({ detail }) => {
    const kind =
      typeof detail === "object" && detail !== null && "kind" in detail ? detail.kind : null
    const way = kinds.get(kind)
    if (way === undefined || !on.includes(way)) return
    leaving = true
    types = clicked
    clicked = []
  })

  return {
    onDocumentPatch(start) {
      const animated = leaving && !document.hidden && !calm()
      leaving = false
      if (!animated || !canAnimate(document)) return start()
      const { ready, finished } = begun(document, start, types)
      // another one took its place
      for (const promise of [ready, finished]) promise.catch(() => {})
    },
  }
}

interface Animating extends PageDocument {
  startViewTransition: NonNullable<PageDocument["startViewTransition"]>
}
const canAnimate = (document: PageDocument): document is Animating =>
  document.startViewTransition !== undefined

function begun(document: Animating, update: () => void, types: readonly string[]) {
  if (types.length === 0) return document.startViewTransition(update)
  try {
    return document.startViewTransition({ update, types })
  } catch {
    // a browser that knows transitions and no types
    return document.startViewTransition(update)
  }
}

function typesOf(target: unknown): readonly string[] {
  if (typeof target !== "object" || target === null || !("closest" in target)) return []
  // what has `closest` is an element
  const link = (target as PageElement).closest("[data-transition]")
  return (link?.getAttribute("data-transition") ?? "").split(" ").filter((type) => type !== "")
}
