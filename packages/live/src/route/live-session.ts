import type { Handler } from "@bennu/plug"
import type { Route } from "@bennu/router"
import { DefinitionError } from "../errors.ts"
import type { OnMount } from "../hook.ts"
import type { LiveLayout, LiveView } from "../live-view.ts"
import { DefinedView } from "../view/defined-view.ts"
import { routeTo } from "./live.ts"
import { LiveRoute, liveRouteOf } from "./live-route.ts"

/** What the views of a live session share. */
export interface LiveSession<S> {
  /** Around each view, and patched with it. */
  readonly layout?: LiveLayout<S> | false | undefined
  /** Before each of their mounts. */
  readonly onMount?: readonly OnMount<S>[] | undefined
  /** The views that the layout and all of these views may hold, by `liveRender`. */
  readonly views?: readonly LiveView<S, never, never>[] | undefined
}

/**
 * Views that may follow one another without loading the page, with what they share. Views behind the same pipeline and root layout are
 * one live session anyway; another name makes another of them, so that going from one to the other loads the page.
 * @throws {DefinitionError} for a route that shows no live view.
 */
export function liveSession<S>(
  name: string,
  { layout, onMount = [], views = [] }: LiveSession<S>,
  routes: readonly Route<Handler<{ scope: S }>>[],
): { readonly routes: readonly Route<Handler<{ scope: S }>>[] } {
  // layout and guards get the scope of these routes, which is S
  const shared = {
    ...{ name, layout: (layout || null) as LiveLayout | null },
    onMount: onMount as readonly OnMount<unknown>[],
    views: views.map((view) => DefinedView.from(view)),
  }
  const of = routes.map((route) => {
    const live = liveRouteOf(route)
    if (live) return { ...route, ...routeTo<S>(new LiveRoute({ ...live, session: shared })) }
    throw new DefinitionError(`${route.pattern} in liveSession("${name}") shows no live view`, {
      hint: "Put routes that are not live beside the live session.",
    })
  })
  return { routes: of }
}
