import type { DefinedComponent } from "../component/defined-component.ts"
import type { DefinedView } from "../view/defined-view.ts"
import { liveRouteOf } from "./live-route.ts"

/** All views and components that a router's pages may hold. */
export function heldBy({
  routes,
}: {
  readonly routes: readonly object[]
}): readonly (DefinedView | DefinedComponent)[] {
  const seen = new Set<DefinedView | DefinedComponent>()
  function visit(view: DefinedView): void {
    if (seen.has(view)) return
    seen.add(view)
    for (const component of view.components) seen.add(component)
    for (const inner of view.views) visit(inner)
  }
  for (const route of routes) {
    const live = liveRouteOf(route)
    if (!live) continue
    visit(live.view)
    for (const view of live.session?.views ?? []) visit(view)
  }
  return [...seen]
}
