import { inspect } from "node:util"
import type { Event } from "../event.ts"
import type { Measurement, Metric } from "../metric.ts"

export interface ConsoleReporterOptions {
  /** Metrics whose measurements are printed. */
  readonly metrics?: readonly Metric[] | undefined
  /** Events whose payloads are printed. */
  readonly events?: readonly Pick<Event<unknown>, "name" | "subscribe">[] | undefined
  /** Where a line goes (standard output). */
  readonly write?: ((line: string) => void) | undefined
}

/**
 * Prints each measurement and each event as it comes, one a line: to see in development what a system reports.
 * @example using _ = consoleReporter({ events: [finished("bennu.endpoint.request")] })
 */
export function consoleReporter({
  metrics = [],
  events = [],
  write = (line) => void process.stdout.write(`${line}\n`),
}: ConsoleReporterOptions): Disposable {
  const print = (line: string) => write(oneLine(line))
  const listening = new DisposableStack()
  for (const metric of metrics) {
    listening.use(metric.observe((measurement) => print(measured(metric, measurement))))
  }
  for (const event of events) {
    listening.use(event.subscribe((payload) => print(`${event.name} ${inspect(payload, COMPACT)}`)))
  }
  return listening
}

const COMPACT = {
  breakLength: Number.POSITIVE_INFINITY,
  depth: 3,
  maxArrayLength: 10,
  maxStringLength: 200,
} as const

function measured({ kind, name, unit }: Metric, { value, tags }: Measurement): string {
  const pairs = Object.entries(tags).map(([key, tag]) => `${key}=${JSON.stringify(tag)}`)
  const what = [name, kind, `${Math.round(value * 1000) / 1000}${unit && ` ${unit}`}`]
  return [...what, ...pairs].join(" ")
}

/** What a client sent must not begin a line of its own, nor move the cursor of the terminal. */
const oneLine = (line: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  line.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, (character) =>
    character === "\n" ? "\\n" : `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  )
