import type { Child } from "./child.ts"
import { type Duration, milliseconds } from "./duration.ts"
import type { SupervisorHealth } from "./health.ts"
import { healthOf } from "./internal/health-of.ts"
import { onSignals } from "./internal/signals.ts"
import { type Entry, stopAll } from "./internal/stop.ts"
import { ShutdownError, StoppedError } from "./supervisor-errors.ts"
import { childStarted } from "./telemetry.ts"

export interface SupervisorOptions {
  /** What events call it (`"app"`). */
  readonly name?: string | undefined
  /** How long stopping may take for all children together (`"30s"`). */
  readonly shutdownTimeout?: Duration | undefined
  /** Stop at SIGTERM and SIGINT, then end the process; asked again, it ends at once (false). */
  readonly signals?: boolean | undefined
}

/** Starts the parts of an app in order, and stops them in reverse. */
export interface Supervisor extends AsyncDisposable {
  /**
   * Starts a child and hands out what it made. If that fails, all that were started before are stopped and the error
   * is thrown on.
   */
  start<T>(child: Child<T>): Promise<T>
  /** Stops all, the last started first; waits for a start that is under way. Called again it waits for the same end. */
  stop(): Promise<void>
  /** Aborts when stopping begins. */
  readonly signal: AbortSignal
  /** Asks all children that can tell; one that does not answer within five seconds is `down`. */
  health(): Promise<SupervisorHealth>
  /** Resolves once all is stopped; rejects with a ShutdownError if something did not stop. */
  done(): Promise<void>
}

/**
 * Use one in `app.ts`: supervision is order. What is started later may use what was started before, so it is stopped
 * before it.
 * @example
 * await using app = supervisor({ name: "todo", shutdownTimeout: "15s" })
 * const repo = await app.start(openRepo({ driver }))
 */
export function supervisor(options: SupervisorOptions = {}): Supervisor {
  const { name = "app", signals = false } = options
  const shutdownTimeout = milliseconds(options.shutdownTimeout ?? "30s")
  const entries: Entry[] = []
  const stopping = new AbortController()
  const ended = Promise.withResolvers<void>()
  // who wants to know calls `done`; nobody has to
  ended.promise.catch(() => {})

  async function start<T>(child: Child<T>): Promise<T> {
    if (stopping.signal.aborted) throw new StoppedError(child.name)
    const began = performance.now()
    // for this start alone: what has started is stopped in its turn, not by a signal that reaches all at once
    const starts = new AbortController()
    const abort = () => starts.abort(new StoppedError(child.name))
    stopping.signal.addEventListener("abort", abort)
    // a `start` that throws at once fails like one that rejects
    const starting = (async () => child.start(starts.signal))()
    const entry: Entry = {
      name: child.name,
      started: starting.catch(() => undefined),
      settled: false,
    }
    entries.push(entry)
    try {
      const service = await starting
      const duration = performance.now() - began
      childStarted.emit(() => ({ supervisor: name, child: child.name, duration }))
      if (stopping.signal.aborted) throw new StoppedError(child.name)
      return service
    } catch (error) {
      // what failed to stop is told by `done` and by events; here the reason is what matters
      await stop().catch(() => {})
      throw error
    } finally {
      stopping.signal.removeEventListener("abort", abort)
      entry.settled = true
    }
  }

  function stop(): Promise<void> {
    if (!stopping.signal.aborted) {
      stopping.abort()
      stopAll(name, entries, shutdownTimeout).then((failures) => {
        removeSignals()
        if (failures.length > 0) ended.reject(new ShutdownError(name, failures))
        else ended.resolve()
      })
    }
    return ended.promise
  }

  const removeSignals = signals ? onSignals(stop) : () => {}
  return {
    start,
    stop,
    signal: stopping.signal,
    done: () => ended.promise,
    health: () => healthOf(entries, stopping.signal.aborted),
    [Symbol.asyncDispose]: stop,
  }
}
