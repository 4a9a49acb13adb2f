import { constants } from "node:os"
import { setTimeout } from "node:timers"

const signals = ["SIGTERM", "SIGINT"] as const

// enough for what is still to be written to standard output
const GRACE = 1000

/** Calls `stop` at the first signal and then ends the process; a second signal ends it at once. */
export function onSignals(stop: () => Promise<void>): () => void {
  const listeners = signals.map((signal) => {
    let seen = false
    const listener = () => {
      if (seen) process.exit(128 + constants.signals[signal])
      seen = true
      stop().then(
        () => end(0),
        (error: unknown) => {
          console.error(error)
          end(1)
        },
      )
    }
    process.on(signal, listener)
    return () => process.off(signal, listener)
  })
  return () => {
    for (const remove of listeners) remove()
  }
}

/** Lets the process end by itself, and makes it when something keeps it alive. */
function end(code: number): void {
  process.exitCode ??= code
  setTimeout(() => process.exit(), GRACE).unref()
}
