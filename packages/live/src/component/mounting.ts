import type { Awaitable } from "@bennu/core"
import { inTime, type Running } from "../view/callback.ts"
import type { Assigns } from "../view/defined-view.ts"
import { mountTools } from "../view/mount-tools.ts"
import type { SocketState } from "../view/socket-state.ts"
import { assigned } from "../view/view-socket.ts"
import type { MountedComponent } from "./mounted-component.ts"

/** A state with a component's part in place of its view's: nothing that the view asked for is the component's. */
export const stateOf = (
  { assigns, streams, uploads, hooks }: MountedComponent,
  view: SocketState,
): SocketState => ({ ...view, assigns, streams, uploads, hooks, sources: [], tasks: [] })

/** What a component's callbacks run with. */
export const runningOf = ({ id, props }: MountedComponent, running: Running): Running => ({
  ...running,
  component: { id, props },
})

/**
 * Runs `mount` of a component that was given its number.
 * @param restored What an earlier run of it kept: it takes the place of what `mount` returns.
 * @returns The state that it leads to.
 */
export function mountComponent(
  component: MountedComponent,
  cid: number,
  running: Running,
  view: SocketState,
  restored: Assigns | null = null,
): Awaitable<SocketState> {
  const { definition } = component.definition
  component.takeProps()
  const from = { ...stateOf(component, view), streams: component.firstStreams(cid) }
  const mounting = mountTools(from, running)
  const { props, id } = component
  const made = definition.mount?.({ ...mounting.tools, props, id, restored: restored !== null })
  const mounted = (assigns: object) => ({
    ...mounting.state,
    assigns: assigned({}, { ...assigns, ...restored }, running),
  })
  const ready = inTime(made ?? {}, running)
  return ready instanceof Promise ? ready.then(mounted) : mounted(ready)
}
