import { types } from "node:util"
import {
  context,
  type Attributes as OtelAttributes,
  type Span as OtelSpan,
  ProxyTracerProvider,
  propagation,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from "@opentelemetry/api"
import { type Event, event } from "./event.ts"

/** What is known about a piece of work; keys as OpenTelemetry names them, where it does. */
export type Attributes = Readonly<
  Record<string, string | number | boolean | readonly string[] | undefined>
>

/** A piece of work under way. */
export interface Span {
  /** Adds what became known since. */
  set(attributes: Attributes): void
}

/** A piece of work that ended. */
export interface Finished {
  readonly name: string
  readonly attributes: Attributes
  /** Milliseconds. */
  readonly duration: number
  /** What it threw, if it did. */
  readonly error?: unknown
}

export interface SpanOptions {
  /** Whose side of a conversation this is (`"internal"`). */
  readonly kind?: "internal" | "server" | "client" | "producer" | "consumer" | undefined
  /** Reads a header of what asked for this work, so that its trace goes on here: `traceparent`. */
  readonly header?: ((name: string) => string | null | undefined) | undefined
}

/**
 * Measures a piece of work: as an OpenTelemetry span when the app has an SDK, and as an event of the same name for
 * whoever subscribes (`finished(name)`). With neither it only calls `run`. What `run` throws is recorded and thrown
 * on; a promise is waited for, and what is not a promise stays synchronous.
 * @param attributes Called only if somebody wants to know.
 */
export function span<T>(
  name: string,
  attributes: () => Attributes,
  run: (span: Span) => T,
  options: SpanOptions = {},
): T {
  const ended = finished(name)
  const tracer = currentTracer()
  if (tracer === undefined && !ended.active) return run(unheard)
  const started = performance.now()
  let known = attributes()
  const parent = parentOf(options)
  const otel = tracer?.startSpan(
    name,
    { kind: kinds[options.kind ?? "internal"], attributes: defined(known) },
    parent,
  )
  const live: Span = {
    set(more) {
      known = { ...known, ...more }
      otel?.setAttributes(defined(more))
    },
  }
  const end = (failure?: { readonly error: unknown }) => {
    const duration = performance.now() - started
    if (otel !== undefined) close(otel, failure)
    ended.emit(() => ({ name, attributes: known, duration, ...failure }))
  }
  try {
    const result =
      otel === undefined ? run(live) : context.with(trace.setSpan(parent, otel), () => run(live))
    if (types.isPromise(result)) {
      result.then(
        () => end(),
        (error: unknown) => end({ error }),
      )
    } else end()
    return result
  } catch (error) {
    end({ error })
    throw error
  }
}

/**
 * Whether anybody wants to know of spans of this name. `span` asks it itself: ask it before where even the arguments of
 * `span` cost too much, such as once a request.
 */
export const isHeard = (name: string): boolean =>
  currentTracer() !== undefined || finished(name).active

// handles without a state of their own, kept because making one takes longer than all the rest of a span unheard
const events = new Map<string, Event<Finished>>()

/** The event that tells of each span of this name when it ends: for metrics and tests. */
export function finished(name: string): Event<Finished> {
  const known = events.get(name)
  if (known !== undefined) return known
  const made = event<Finished>(name)
  // names are constants in code; the bound is for code that makes them up
  if (events.size < 10_000) events.set(name, made)
  return made
}

/** What stands for a span that nobody wants to know of. */
export const unheard: Span = { set() {} }

const kinds = {
  internal: SpanKind.INTERNAL,
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
} as const

/** The tracer of the app's SDK, or undefined when it has none: then nothing is built for it. */
function currentTracer(): Tracer | undefined {
  const provider = trace.getTracerProvider()
  return provider instanceof ProxyTracerProvider
    ? provider.getDelegateTracer("@bennu/telemetry")
    : provider.getTracer("@bennu/telemetry")
}

function parentOf({ header }: SpanOptions) {
  if (header === undefined) return context.active()
  return propagation.extract(context.active(), header, {
    get: (read, name) => read(name) ?? undefined,
    keys: () => [],
  })
}

function close(otel: OtelSpan, failure: { readonly error: unknown } | undefined): void {
  if (failure !== undefined) {
    const { error } = failure
    otel.recordException(error instanceof Error ? error : String(error))
    otel.setStatus({
      code: SpanStatusCode.ERROR,
      message: error instanceof Error ? error.message : String(error),
    })
  }
  otel.end()
}

/** OpenTelemetry takes arrays that may be written to, and no undefined under exactOptionalPropertyTypes. */
function defined(attributes: Attributes): OtelAttributes {
  const result: OtelAttributes = {}
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined) result[key] = typeof value === "object" ? [...value] : value
  }
  return result
}
