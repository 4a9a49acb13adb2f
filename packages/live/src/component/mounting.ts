import type { Awaitable } from "@bennu/core"
import { inTime, type Running } from "../view/callback.ts"
import type { PageEvent } from "../view/socket-state.ts"
import { assigned } from "../view/view-socket.ts"
import type { MountedComponent } from "./mounted-component.ts"

/** Runs `mount` of a component that was given its number. */
export function mountComponent(
  component: MountedComponent,
  cid: number,
  running: Running,
  push: (event: PageEvent) => void,
): Awaitable<void> {
  const { definition } = component.definition
  let streams = component.firstStreams(cid)
  component.takeProps()
  const made = definition.mount?.({
    ...{ scope: running.scope, connected: running.connected, signal: running.signal },
    ...{ props: component.props, id: component.id },
    stream(name, rows, options = {}) {
      streams = streams.insert(name, rows, options)
    },
    pushEvent: (name, payload = {}, { dispatch } = {}) =>
      push(dispatch === "before" ? [name, payload, true] : [name, payload]),
  })
  const adopt = (assigns: object) => component.adopt(assigned({}, { ...assigns }, running), streams)
  const ready = inTime(made ?? {}, running)
  return ready instanceof Promise ? ready.then(adopt) : adopt(ready)
}
