import { milliseconds } from "@bennu/core"
import type { Mounting } from "../socket.ts"
import type { Running } from "./callback.ts"
import type { SocketState } from "./socket-state.ts"
import { type AttachedHook, attached } from "./stages.ts"
import { streamTask } from "./stream-task.ts"

/** What a `mount` did so far beside giving assigns: it changes the state that it starts from. */
export interface MountTools {
  readonly state: SocketState
  readonly tools: Mounting<unknown, Record<string, unknown>>
}

/** For one run of `mount`, of a view or of a component. */
export function mountTools(from: SocketState, running: Running): MountTools {
  let state = from
  const { scope, connected, signal } = running
  const tools: MountTools["tools"] = {
    ...{ scope, connected, signal },
    pushEvent(name, payload = {}, { dispatch } = {}) {
      const event =
        dispatch === "before" ? ([name, payload, true] as const) : ([name, payload] as const)
      state = { ...state, events: [...state.events, event] }
    },
    putFlash(kind, message) {
      const put = { ...state.put, [kind]: message }
      state = { ...state, flash: { ...state.flash, [kind]: message }, put }
    },
    stream(name, rows, options = {}) {
      state = { ...state, streams: state.streams.insert(name, rows, options) }
    },
    streamKeys(name, keys, rows) {
      state = { ...state, streams: state.streams.show(name, keys, rows) }
    },
    startAsync(name, task, { timeout } = {}) {
      const started = {
        ...{ kind: "start" as const, name, task, done: null },
        timeout: timeout === undefined ? null : milliseconds(timeout),
      }
      state = { ...state, tasks: [...state.tasks, started] }
    },
    streamAsync(name, task, options = {}) {
      state = { ...state, tasks: [...state.tasks, streamTask(name, task, options)] }
    },
    attachHook(name, stage, hook) {
      // it is called with sockets of this owner only, at its own stage
      const run = hook as unknown as AttachedHook["run"]
      state = { ...state, hooks: attached(state.hooks, { name, stage, run }) }
    },
  }
  return {
    tools,
    get state() {
      return state
    },
  }
}
