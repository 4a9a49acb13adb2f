import { constants } from "node:os"
import { inspect } from "node:util"

const SIGNALS = ["SIGTERM", "SIGINT"] as const

// milliseconds; enough for what is still to be written to standard output
const GRACE = 1000

/** Calls `stop` at the first signal and then ends the process; a second signal ends it at once. */
export function onSignals(stop: () => Promise<void>): () => void {
  let stopping = false
  const onSignal = (signal: NodeJS.Signals) => {
    if (stopping) process.exit(128 + constants.signals[signal])
    stopping = true
    stop().then(
      () => end(0),
      (error: unknown) => {
        // nobody is left to tell, and an operator looks here
        process.stderr.write(`${inspect(error)}\n`)
        end(1)
      },
    )
  }
  for (const signal of SIGNALS) process.on(signal, onSignal)
  return () => {
    for (const signal of SIGNALS) process.off(signal, onSignal)
  }
}

/** Lets the process end by itself, and makes it when something keeps it alive. */
function end(code: number): void {
  process.exitCode ??= code
  setTimeout(() => process.exit(), GRACE).unref()
}
