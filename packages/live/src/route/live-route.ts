import { randomToken } from "@bennu/core/crypto"
import type { Route } from "@bennu/router"
import type { OnMount } from "../hook.ts"
import type { Container, LiveLayout } from "../live-view.ts"
import { allowedIn } from "../nested/nesting.ts"
import { type ResolvedLiveLimits, resolveLiveLimits } from "../options.ts"
import type { FirstAnswers } from "../park/first-answers.ts"
import { liveTokens, type Tokens } from "../tokens.ts"
import type { DefinedView } from "../view/defined-view.ts"

/** What views of one live session share. */
export interface LiveSessionOptions {
  readonly name: string
  readonly layout: LiveLayout | null
  readonly onMount: readonly OnMount<unknown>[]
  readonly views: readonly DefinedView[]
}

/** A route that shows a view. */
export class LiveRoute {
  readonly view: DefinedView
  readonly pattern: string
  readonly action: string | undefined
  readonly container: Container
  readonly session: LiveSessionOptions | null

  constructor(of: Pick<LiveRoute, "view" | "pattern" | "action" | "container" | "session">) {
    this.view = of.view
    this.pattern = of.pattern
    this.action = of.action
    this.container = of.container
    this.session = of.session
  }
}

/** What runs before the view's `mount` on this route. */
export const guardsOf = ({ session, view }: LiveRoute): readonly OnMount<unknown>[] => [
  ...(session?.onMount ?? []),
  ...(view.definition.onMount ?? []),
]

/** The views that the markup of a route may hold. */
export const viewsOf = ({ session, view }: LiveRoute): ReadonlySet<DefinedView> =>
  allowedIn(view, session?.views ?? [])

/** How a live socket serves a route: with which secret, and how the view and its live session are called in tokens. */
export interface Served {
  readonly tokens: Tokens
  readonly viewName: string
  readonly sessionName: string
  readonly limits: ResolvedLiveLimits
  /** How views that are held by others are called in tokens. */
  readonly nested: NestedNames
  /** Where what was mounted for a page's first answer waits for the page to join. */
  readonly firstAnswers?: FirstAnswers | null
}

export class NestedNames {
  readonly #names = new Map<DefinedView, string>()
  readonly #views = new Map<string, DefinedView>()

  /** Names views after who holds them; the first name stays. */
  add(holder: string, views: readonly DefinedView[]): void {
    for (const [index, view] of views.entries()) {
      if (this.#names.has(view)) continue
      const name = `${holder} > ${index}`
      this.#names.set(view, name)
      this.#views.set(name, view)
      this.add(name, view.views)
    }
  }

  nameOf(view: DefinedView): string {
    return this.#names.get(view) ?? ""
  }

  viewOf(name: string): DefinedView | null {
    return this.#views.get(name) ?? null
  }
}

// A route is made before the socket that serves it, and knows no secret: the socket tells here.
const served = new WeakMap<LiveRoute, Served>()

export const serve = (route: LiveRoute, by: Served): void => void served.set(route, by)

/**
 * How a route is served. Without a live socket, as in a test of the page alone, its tokens are of a secret that nobody knows: the page
 * is complete, and its client finds nobody to connect to.
 */
export function servedBy(route: LiveRoute): Served {
  const known = served.get(route)
  if (known) return known
  const alone = {
    tokens: liveTokens(randomToken(48)),
    viewName: route.pattern,
    sessionName: route.pattern,
    limits: resolveLiveLimits(),
    nested: new NestedNames(),
  }
  serve(route, alone)
  return alone
}

const liveMeta: unique symbol = Symbol("bennu.live.route")

/** What a route's `meta` says of it, for {@link liveRouteOf}. */
export const metaOf = (route: LiveRoute): object => ({ [liveMeta]: route })

/** The live route in a route table's entry; null where it is another's. */
export function liveRouteOf({ meta }: Pick<Route<unknown>, "meta">): LiveRoute | null {
  if (typeof meta !== "object" || meta === null || !(liveMeta in meta)) return null
  const route = meta[liveMeta]
  return route instanceof LiveRoute ? route : null
}
