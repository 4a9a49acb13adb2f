import type { AppRouter } from "../join/join-options.ts"
import { liveRouteOf, viewsOf } from "../route/live-route.ts"
import type { DefinedView } from "../view/defined-view.ts"
import type { DeclaredUpload } from "./declared-upload.ts"

/** The uploads of all views that are routed, of those in them, and of their components. */
export function uploadsOf({ routes }: AppRouter): readonly DeclaredUpload[] {
  const views = new Set<DefinedView>()
  for (const route of routes) {
    const live = liveRouteOf(route)
    if (live) for (const view of [live.view, ...viewsOf(live)]) withInner(view, views)
  }
  const owners = [...views].flatMap((view) => [view, ...view.components])
  return [...new Set(owners)].flatMap(({ uploads }) => [...uploads.values()])
}

function withInner(view: DefinedView, found: Set<DefinedView>): void {
  if (found.has(view)) return
  found.add(view)
  for (const inner of view.views) withInner(inner, found)
}

// What the page says of one file, in JSON: most of it is its name, and where it lies.
const FILE_BYTES = 640
const FRAME_BYTES = 65_536

/** Bytes of a frame in which a page tells of all files that it may send, and of some more. */
export const frameBytesFor = (uploads: readonly DeclaredUpload[]): number =>
  uploads.reduce(
    (most, { maxEntries }) => Math.max(most, FRAME_BYTES + (maxEntries - 1) * FILE_BYTES),
    FRAME_BYTES,
  )
