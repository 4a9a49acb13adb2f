import { createHook } from "node:async_hooks"
import { subscribe, unsubscribe } from "node:diagnostics_channel"
import { contextKey } from "@bennu/core"
import type { Leak } from "./errors.ts"

/** What goes on that one test has started. */
interface Watch {
  readonly timers: Map<object, string>
  readonly requests: Map<object, Leak>
}

/** Looks at what tests start. */
export interface WorkWatch {
  /** Runs `work`, and tells what it left going on. */
  run<T>(work: () => Promise<T>): Promise<{
    readonly outcome: PromiseSettledResult<T>
    readonly leaks: readonly Leak[]
  }>
}

/** Timers of a test that are looked at; beyond that many those that are over are forgotten first. */
const MAX_TIMERS = 10_000

/**
 * Finds timers and requests that outlive the work which started them, however deep. A timer that keeps no process alive
 * (`unref`), and what a library keeps for itself, is no leak.
 */
export function watchWork(): WorkWatch {
  const around = contextKey<Watch>("watched work")
  let watched = 0
  const hooks = {
    // a hook for every promise would slow the tests down
    trackPromises: false,
    init(_id: number, type: string, _trigger: number, timer: object): void {
      const watch = type === "Timeout" ? around.get() : undefined
      if (watch === undefined) return
      if (watch.timers.size >= MAX_TIMERS) forgetEnded(watch.timers)
      const at = started(hooks.init)
      // without a line it is Node's own
      if (at && watch.timers.size < MAX_TIMERS) watch.timers.set(timer, at)
    },
  }
  const hook = createHook(hooks)
  const asked = (message: unknown): void => {
    const request = requestIn(message)
    const watch = around.get()
    if (!request || !watch) return
    // fetch asks from a queue of its own, where nobody's lines are left
    const at = started(asked)
    if (at !== null) watch.requests.set(request, { what: nameOf(request), at })
  }
  // it is told in the context of the connection, which may be another test's
  const watches = new Set<Watch>()
  const answered = (message: unknown): void => {
    const request = requestIn(message)
    if (request) for (const { requests } of watches) requests.delete(request)
  }
  const look = (): void => {
    hook.enable()
    for (const channel of begins) subscribe(channel, asked)
    for (const channel of ends) subscribe(channel, answered)
  }
  const lookAway = (): void => {
    hook.disable()
    for (const channel of begins) unsubscribe(channel, asked)
    for (const channel of ends) unsubscribe(channel, answered)
  }
  return {
    async run(work) {
      const watch: Watch = { timers: new Map(), requests: new Map() }
      if (watched++ === 0) look()
      watches.add(watch)
      try {
        const [outcome] = await around.run(watch, () => Promise.allSettled([work()]))
        forgetEnded(watch.timers)
        const timers = [...watch.timers.values()].map((at) => ({ what: "a timer", at }))
        return { outcome, leaks: [...timers, ...watch.requests.values()] }
      } finally {
        watches.delete(watch)
        if (--watched === 0) lookAway()
      }
    },
  }
}

const begins = ["undici:request:create", "http.client.request.created"] as const
const ends = [
  "undici:request:trailers",
  "undici:request:error",
  "http.client.response.finish",
  "http.client.request.error",
] as const

function forgetEnded(timers: Map<object, string>): void {
  for (const timer of timers.keys()) if (isOver(timer)) timers.delete(timer)
}

/** Node marks a timer that has rung, or was cleared; it has no other word for it. */
const isOver = (timer: object): boolean =>
  Reflect.get(timer, "_destroyed") === true || !(timer as NodeJS.Timeout).hasRef()

function requestIn(message: unknown): object | null {
  const request: unknown =
    typeof message === "object" && message !== null ? Reflect.get(message, "request") : null
  return typeof request === "object" ? request : null
}

/** Undici's requests have an origin, those of `node:http` a host. */
const nameOf = (request: object): string => {
  const { method, origin, host, protocol, path } = request as Readonly<Record<string, unknown>>
  return `${method} ${origin ?? `${protocol}//${host}`}${path}`
}

const DEPTH = 30

/** The app's lines of the stack that `hook` was called from, if any; null where a package of somebody else asked. */
function started(hook: (...args: never) => unknown): string | null {
  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = DEPTH
  const holder: { stack?: string } = {}
  Error.captureStackTrace(holder, hook)
  Error.stackTraceLimit = limit
  const lines = (holder.stack ?? "")
    .split("\n")
    .slice(1)
    .filter((line) => !line.includes("node:"))
  const [nearest] = lines
  if (nearest?.includes("/node_modules/")) return null
  return lines.slice(0, 5).join("\n")
}
