import type { Awaitable } from "@bennu/core"
import { HandlerTimeoutError } from "../errors.ts"
import type { OnMount } from "../hook.ts"
import { type HandlerBudget, withinHandlerBudget } from "./handler-budget.ts"
import type { SocketState } from "./socket-state.ts"
import { type ViewContext, ViewSocket } from "./view-socket.ts"

/** What every callback of a view runs with. */
export interface Running extends ViewContext {
  /** Milliseconds that a callback may take. */
  readonly handlerTimeout: number
  /** Null where nobody wants to know which of them keep the process busy. */
  readonly handlerBudget: HandlerBudget | null
  /** What runs before `mount`: the live session's, then the view's own. */
  readonly guards: readonly OnMount<unknown>[]
}

/** The value, or a {@link HandlerTimeoutError} when it takes too long. What is no promise is there at once. */
export function inTime<T>(value: Awaitable<T>, { handlerTimeout }: Running): Awaitable<T> {
  if (!(value instanceof Promise)) return value
  return new Promise((resolve, reject) => {
    const late = () => reject(new HandlerTimeoutError(handlerTimeout))
    const timer = setTimeout(late, handlerTimeout)
    value.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}

/** The value of a callback, within its budget. */
export const busyFor = <T>(
  name: string,
  { handlerBudget, development }: Running,
  run: () => T,
): T => withinHandlerBudget(handlerBudget, development, name, run)

/** Runs a callback that gets a socket and may return one; gives the state that it wants. */
export function runCallback(
  name: string,
  running: Running,
  state: SocketState,
  callback: (socket: ViewSocket) => Awaitable<unknown>,
): Awaitable<SocketState> {
  const socket = ViewSocket.start(name, running, state)
  const returned = inTime(
    busyFor(name, running, () => callback(socket)),
    running,
  )
  return returned instanceof Promise
    ? returned.then((last) => socket.end(last))
    : socket.end(returned)
}
