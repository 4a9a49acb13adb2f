import type { Event } from "./event.ts"

/** What tells one series of a metric from another. Few values each: a tag by user makes as many series as users. */
export type Tags = Readonly<Record<string, string | number | boolean | undefined>>

export interface Measurement {
  readonly value: number
  readonly tags: Tags
}

/** How a reporter makes one number out of many measurements. */
export type MetricKind = "counter" | "sum" | "lastValue" | "summary" | "distribution"

/** What is to be measured: a definition, which does nothing until a reporter observes it. */
export interface Metric {
  readonly kind: MetricKind
  readonly name: string
  /** The name of the event that it is made of. */
  readonly event: string
  /** `"ms"`, `"By"`: as UCUM writes it; empty for plain numbers. */
  readonly unit: string
  readonly description: string
  /** Upper bounds of a distribution's buckets, ascending; empty for other kinds. */
  readonly buckets: readonly number[]
  /** Hears each measurement until disposed. */
  observe(listener: (measurement: Measurement) => void): Disposable
}

export interface CounterOptions<P> {
  /** Which series a payload belongs to. */
  readonly tags?: ((payload: P) => Tags) | undefined
  /** Which payloads count (all). */
  readonly keep?: ((payload: P) => boolean) | undefined
  readonly description?: string | undefined
}

export interface MeasureOptions<P> extends CounterOptions<P> {
  /** What is measured. NaN and infinite values are left out. */
  readonly value: (payload: P) => number
  readonly unit?: string | undefined
}

export interface DistributionOptions<P> extends MeasureOptions<P> {
  /** Upper bounds of the buckets, ascending. */
  readonly buckets: readonly number[]
}

/** How often something happened. */
export const counter = <P>(
  name: string,
  event: Event<P>,
  options: CounterOptions<P> = {},
): Metric => define("counter", name, event, { ...options, value: () => 1 })

/** The total of what is measured: bytes sent, rows written. */
export const sum = <P>(name: string, event: Event<P>, options: MeasureOptions<P>): Metric =>
  define("sum", name, event, options)

/** What was measured last: the length of a queue, connections in use. */
export const lastValue = <P>(name: string, event: Event<P>, options: MeasureOptions<P>): Metric =>
  define("lastValue", name, event, options)

/** Least, greatest, mean and percentiles: for a dashboard of one process. */
export const summary = <P>(name: string, event: Event<P>, options: MeasureOptions<P>): Metric =>
  define("summary", name, event, options)

/** How many fell into which bucket: what can be added up over processes, unlike percentiles. */
export const distribution = <P>(
  name: string,
  event: Event<P>,
  options: DistributionOptions<P>,
): Metric => define("distribution", name, event, options, ascending(name, options.buckets))

function define<P>(
  kind: MetricKind,
  name: string,
  event: Event<P>,
  { value, tags = () => ({}), keep = () => true, unit = "", description = "" }: MeasureOptions<P>,
  buckets: readonly number[] = [],
): Metric {
  if (!/^[a-z][a-z0-9_.]*$/.test(name)) {
    throw new TypeError(
      `a metric is named like "http.request.duration", not ${JSON.stringify(name)}`,
    )
  }
  return {
    kind,
    name,
    event: event.name,
    unit,
    description,
    buckets,
    observe: (listener) =>
      event.subscribe((payload) => {
        if (!keep(payload)) return
        const measured = value(payload)
        if (Number.isFinite(measured)) listener({ value: measured, tags: tags(payload) })
      }),
  }
}

function ascending(name: string, buckets: readonly number[]): readonly number[] {
  const rises = buckets.every((bound, index) => bound > (buckets[index - 1] ?? -Infinity))
  if (buckets.length === 0 || !rises) {
    throw new RangeError(`the buckets of ${name} are not ascending: ${buckets.join(", ")}`)
  }
  return buckets
}
