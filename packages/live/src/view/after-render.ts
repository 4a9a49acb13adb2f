import type { Awaitable } from "@bennu/core"
import type { SocketState } from "./socket-state.ts"
import { throughHooks } from "./stages.ts"
import type { ViewProcess } from "./view-process.ts"

/** Tells the hooks of a view that it was drawn. @returns The state that they want; null where there are none. */
export function afterRender(
  process: Pick<ViewProcess, "run">,
  state: SocketState,
  whole: boolean,
): Awaitable<SocketState | null> {
  const { hooks } = state
  if (!hooks.some(({ stage }) => stage === "afterRender")) return null
  return process.run("afterRender", state, (socket) =>
    throughHooks(hooks, "afterRender", socket, { whole }, (inner) => inner),
  )
}
