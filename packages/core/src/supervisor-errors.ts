import { BennuError } from "./errors.ts"

/** The app is stopping, or has stopped: nothing starts any more. */
export class StoppedError extends BennuError {
  readonly code = "ERR_CORE_STOPPED"
  override readonly status = 503
  readonly child: string

  constructor(child: string) {
    super(`${child} was not started: the app is stopping`)
    this.child = child
  }
}

export interface StopFailure {
  readonly child: string
  readonly error: unknown
}

/** Everything was told to stop, and some of it failed or took too long. */
export class ShutdownError extends BennuError {
  readonly code = "ERR_CORE_SHUTDOWN"
  readonly failures: readonly StopFailure[]

  constructor(supervisor: string, failures: readonly StopFailure[]) {
    const names = failures.map(({ child }) => child).join(", ")
    super(`${supervisor} did not stop cleanly: ${names}`, {
      cause: failures[0]?.error,
      hint: "Look at `failures`. What only needs longer gets it by raising shutdownTimeout.",
    })
    this.failures = failures
  }
}

/** A child was still at it when the time was up. */
export class TimeoutError extends BennuError {
  readonly code = "ERR_CORE_TIMEOUT"

  constructor(what: string, waited: number) {
    super(`${what} took longer than ${waited} ms`)
  }
}
