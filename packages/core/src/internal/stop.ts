import type { Service } from "../child.ts"
import type { StopFailure } from "../supervisor-errors.ts"
import { childStopped } from "../telemetry.ts"
import { within } from "./within.ts"

export interface Entry {
  readonly name: string
  /** What was started, or undefined if it was not. */
  readonly started: Promise<Service | undefined>
  /** Whether that is known yet. */
  settled: boolean
}

/**
 * Stops the last entry first and each before the next. `timeout` is for all together: when it is over, what hangs is
 * given up, and the rest is told to hurry and gets a tenth of the time once more.
 */
export async function stopAll(
  supervisor: string,
  entries: readonly Entry[],
  timeout: number,
): Promise<readonly StopFailure[]> {
  const failures: StopFailure[] = []
  const deadline = new AbortController()
  let left = timeout
  for (const { name, started } of entries.toReversed()) {
    const began = performance.now()
    const stopped = started.then((service) => service && stopOne(service, deadline.signal))
    const failure = await within(`stopping ${name}`, left, stopped).then(
      () => undefined,
      (error: unknown) => ({ error }),
    )
    const duration = performance.now() - began
    childStopped.emit(() => ({ supervisor, child: name, duration, ...failure }))
    if (failure !== undefined) failures.push({ child: name, error: failure.error })
    // a timer may fire a fraction of a millisecond early
    left = Math.max(0, Math.floor(left - duration))
    if (left === 0 && !deadline.signal.aborted) {
      deadline.abort()
      left = timeout / 10
    }
  }
  return failures
}

async function stopOne(service: Service, deadline: AbortSignal): Promise<void> {
  if (typeof service.stop === "function") await service.stop(deadline)
  else await service[Symbol.asyncDispose]()
}
