import { liveRouteOf } from "../route/live-route.ts"
import type { DefinedView } from "../view/defined-view.ts"

interface Routes {
  readonly routes: readonly { readonly pattern: string; readonly meta?: unknown }[]
}

function viewsOf({ routes }: Routes): ReadonlyMap<string, DefinedView> {
  const views = new Map<string, DefinedView>()
  for (const route of routes) {
    const live = liveRouteOf(route as Parameters<typeof liveRouteOf>[0])
    if (live) views.set(`${live.pattern} ${live.action ?? ""}`, live.view)
  }
  return views
}

/**
 * Puts changed views in the place of those that run, for development: each keeps its assigns and the state of its components, has the
 * handlers and the `render` of the other from now on, and is drawn anew. Views are matched by their routes, what they hold by its order in
 * `views` and `components`. Routes, layouts and plugs stay those of `before`: restart for these.
 * @param before The router that is served.
 * @param after The same, made of modules that were loaded again: see {@link freshImports}.
 * @returns How many open views were drawn anew.
 */
export function hotReload(before: Routes, after: Routes): number {
  const next = viewsOf(after)
  const changed = new Set<DefinedView>()
  for (const [route, view] of viewsOf(before)) {
    const other = next.get(route)
    if (other && other !== view && !changed.has(view)) {
      for (const one of view.become(other)) changed.add(one)
    }
  }
  const open = [...changed].flatMap((view) => [...view.running])
  for (const process of open) process.redraw()
  return open.length
}
