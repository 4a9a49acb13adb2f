import { inTime, type Running } from "../view/callback.ts"
import type { SocketState } from "../view/socket-state.ts"
import { ViewSocket } from "../view/view-socket.ts"
import type { DefinedComponent } from "./defined-component.ts"
import type { MountedComponent } from "./mounted-component.ts"
import { runningOf, stateOf } from "./mounting.ts"

/** Runs `updateMany` for components of one kind. @returns For each of them the state that it leads to. */
export async function updateMany(
  { definition }: DefinedComponent,
  components: readonly MountedComponent[],
  running: Running,
  view: SocketState,
): Promise<readonly SocketState[]> {
  const sockets = components.map((component) =>
    ViewSocket.start("updateMany", runningOf(component, running), stateOf(component, view)),
  )
  const returned = await inTime(definition.updateMany?.(sockets), running)
  const last: readonly unknown[] = Array.isArray(returned) ? returned : []
  return sockets.map((socket, i) => socket.end(last[i]))
}

/** What two callbacks asked their view for that both started from the same state. */
export const together = (one: SocketState, other: SocketState): SocketState => ({
  ...one,
  flash: { ...one.flash, ...other.put },
  put: { ...one.put, ...other.put },
  events: [...one.events, ...other.events],
  updates: [...one.updates, ...other.updates],
  leaving: other.leaving ?? one.leaving,
})
