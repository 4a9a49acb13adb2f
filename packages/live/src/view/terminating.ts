import type { EndReason } from "../live-view.ts"
import { viewCrashed } from "../telemetry.ts"
import type { ViewProcessOptions } from "./page.ts"
import type { SocketState } from "./socket-state.ts"
import { ViewSocket } from "./view-socket.ts"

/** Tells a view that it has ended. What it throws then is told, and stops nothing. */
export async function terminated(
  { name, view, running }: Pick<ViewProcessOptions, "name" | "view" | "running">,
  state: SocketState,
  reason: EndReason,
): Promise<void> {
  const { terminate } = view.definition
  if (!terminate) return
  try {
    await terminate(ViewSocket.start("terminate", running, state), reason)
  } catch (error) {
    viewCrashed.emit(() => ({ view: name, error }))
  }
}
