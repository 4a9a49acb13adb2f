import { isSpanContextValid, trace } from "@opentelemetry/api"

/**
 * The span around the caller, for those who do not speak OpenTelemetry: a database's comment, a log line.
 * @returns As W3C Trace Context §3.2 writes it, `00-<trace>-<span>-<flags>`; undefined where there is none.
 */
export function traceparent(): string | undefined {
  const span = trace.getActiveSpan()?.spanContext()
  if (span === undefined || !isSpanContextValid(span)) return undefined
  const flags = (span.traceFlags & 0xff).toString(16).padStart(2, "0")
  return `00-${span.traceId}-${span.spanId}-${flags}`
}
