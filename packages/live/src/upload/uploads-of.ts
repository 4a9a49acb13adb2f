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
// As the socket's own, where nothing is said.
const FRAME_BYTES = 65_536

// A page tells of all files that were chosen, however many may come: a folder of some hundreds must not cost it its socket.
const MANY_BYTES = 262_144
// But not of many thousands: it is held in memory until all of it is there.
const MOST_BYTES = 8_388_608

/** Bytes of a frame in which a page tells of chosen files, beside what else a frame may hold. */
export function frameBytesFor(
  uploads: readonly DeclaredUpload[],
  frameBytes = FRAME_BYTES,
): number {
  const most = Math.max(1, ...uploads.map(({ maxEntries }) => maxEntries))
  if (most === 1) return frameBytes
  return frameBytes + Math.min(MOST_BYTES, Math.max(MANY_BYTES, most * FILE_BYTES))
}
