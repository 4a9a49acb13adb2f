import { constants } from "node:os"
import { inspect } from "node:util"

const SIGNALS = ["SIGTERM", "SIGINT"] as const

// milliseconds; enough for what is still to be written to standard output
const GRACE = 1000

// milliseconds; Ctrl-C reaches every process of a terminal, and a parent such as npm hands it on once more
const SAME = 500

/** Calls `stop` at the first signal and then ends the process; a second signal ends it at once. */
export function onSignals(stop: () => Promise<void>): () => void {
  let first: number | undefined
  const onSignal = (signal: NodeJS.Signals) => {
    const now = performance.now()
    if (first !== undefined && now - first < SAME) return
    if (first !== undefined) process.exit(128 + constants.signals[signal])
    first = now
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
