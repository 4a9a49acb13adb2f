import { type ScopeMeta, scopeOf } from "@bennu/plug"
import type { Route } from "@bennu/router"
import type { ResolvedLiveLimits } from "../options.ts"
import type { FirstAnswers } from "../park/first-answers.ts"
import type { Tokens } from "../tokens.ts"
import type { DefinedView } from "../view/defined-view.ts"
import { type LiveRoute, liveRouteOf, NestedNames, serve } from "./live-route.ts"

/** Views that may follow one another without loading the page, and how they are called in tokens. */
interface Group {
  readonly scope: ScopeMeta | null
  readonly session: string | undefined
  readonly name: string
}

/**
 * Tells the live routes of a router which socket serves them. Views and live sessions are called by the patterns that they are first
 * routed at: every process that runs the same app calls them the same.
 */
export function serveRoutes(
  { routes }: { readonly routes: readonly Route<unknown>[] },
  tokens: Tokens,
  limits: ResolvedLiveLimits,
  firstAnswers: FirstAnswers | null,
): void {
  const views = new Map<DefinedView, string>()
  const groups: Group[] = []
  const nested = new NestedNames()
  for (const route of routes) {
    const live = liveRouteOf(route)
    if (!live) continue
    const viewName = views.get(live.view) ?? route.pattern
    views.set(live.view, viewName)
    const sessionName = groupOf(groups, live, route).name
    serve(live, { tokens, viewName, sessionName, limits, nested, firstAnswers })
    nested.add(viewName, live.view.views)
    nested.add(`session ${sessionName}`, live.session?.views ?? [])
  }
}

function groupOf(groups: Group[], live: LiveRoute, route: Route<unknown>): Group {
  const scope = scopeOf(route)
  const session = live.session?.name
  const known = groups.find(
    (group) =>
      group.session === session &&
      group.scope?.through === scope?.through &&
      group.scope?.layout === scope?.layout &&
      group.scope?.name === scope?.name,
  )
  if (known) return known
  const said = [session, scope?.name].filter((name) => typeof name === "string").join(" in ")
  const taken = said === "" || groups.some(({ name }) => name === said)
  const group = { scope, session, name: taken ? `${said} at ${route.pattern}` : said }
  groups.push(group)
  return group
}
