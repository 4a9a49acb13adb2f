import { setImmediate as turn } from "node:timers/promises"
import { context, propagation, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api"
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks"
import { W3CTraceContextPropagator } from "@opentelemetry/core"
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace"
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest"
import { type Finished, finished, isHeard, span, unheard } from "./index.ts"

/** Collects the spans of a name that end while it is in scope. */
function collect(name: string) {
  const spans: Finished[] = []
  const subscription = finished(name).subscribe((ended) => spans.push(ended))
  return { spans, [Symbol.dispose]: () => subscription[Symbol.dispose]() }
}

const none = () => ({})
const broken = new RangeError("no")
const breaking = () => {
  throw broken
}

describe("span", () => {
  it("returns what the work returns, and stays synchronous", () => {
    using _ = collect("test.span.work")
    expect(span("test.span.work", none, () => 1)).toBe(1)
    expect(span("test.span.silent", none, () => 1)).toBe(1)
  })

  it("builds no attributes while nobody listens", () => {
    const attributes = vi.fn(none)
    span("test.span.silent", attributes, (it) => it.set({ ignored: true }))
    expect(attributes).not.toHaveBeenCalled()
  })

  it("is heard while somebody listens, and no longer", () => {
    expect(isHeard("test.span.work")).toBe(false)
    const seen = collect("test.span.work")
    expect(isHeard("test.span.work")).toBe(true)
    seen[Symbol.dispose]()
    expect(isHeard("test.span.work")).toBe(false)
    unheard.set({ ignored: true })
  })

  it("tells of the end of the work: what was known, and how long it took", () => {
    using seen = collect("test.span.work")
    span(
      "test.span.work",
      () => ({ "db.system.name": "postgresql" }),
      (it) => it.set({ rows: 3 }),
    )
    expect(seen.spans).toEqual([
      {
        name: "test.span.work",
        attributes: { "db.system.name": "postgresql", rows: 3 },
        duration: expect.any(Number),
      },
    ])
    expect(seen.spans[0]?.duration).toBeGreaterThanOrEqual(0)
  })

  it("waits for a promise, and hands on that same promise", async () => {
    using seen = collect("test.span.work")
    const gate = Promise.withResolvers<number>()
    const result = span("test.span.work", none, () => gate.promise)
    expect(result).toBe(gate.promise)
    await turn()
    expect(seen.spans).toEqual([])
    gate.resolve(1)
    expect(await result).toBe(1)
    expect(seen.spans).toHaveLength(1)
  })

  it("records what the work throws and throws it on", async () => {
    using seen = collect("test.span.work")
    expect(() => span("test.span.work", none, breaking)).toThrow(broken)
    await expect(span("test.span.work", none, async () => breaking())).rejects.toBe(broken)
    expect(seen.spans).toMatchObject([{ error: broken }, { error: broken }])
  })

  it("tells work that threw undefined from work that did not throw", () => {
    using seen = collect("test.span.work")
    const throwing = () => {
      throw undefined
    }
    expect(() => span("test.span.work", none, throwing)).toThrow()
    span("test.span.work", none, () => {})
    expect(seen.spans.map((ended) => "error" in ended)).toEqual([true, false])
  })

  it("does not disturb the work when a listener throws", () => {
    using _ = finished("test.span.work").subscribe(breaking)
    expect(span("test.span.work", none, () => 1)).toBe(1)
  })
})

describe("span with an OpenTelemetry SDK", () => {
  const exporter = new InMemorySpanExporter()
  const spanProcessors = [new SimpleSpanProcessor({ exporter })]
  const provider = new TracerProvider({ spanProcessors })
  beforeAll(() => {
    trace.setGlobalTracerProvider(provider)
    context.setGlobalContextManager(new AsyncLocalStorageContextManager())
    propagation.setGlobalPropagator(new W3CTraceContextPropagator())
  })
  afterEach(() => exporter.reset())
  afterAll(async () => {
    await provider.shutdown()
    // the tests of other packages may run in this process, and want no SDK
    trace.disable()
    context.disable()
    propagation.disable()
  })

  it("makes a span with attributes, those that became known later too", () => {
    const attributes = () => ({ table: "todos", ids: ["a"], missing: undefined })
    span("test.otel.query", attributes, (it) => it.set({ rows: 3 }), { kind: "client" })
    expect(exporter.getFinishedSpans()).toMatchObject([
      {
        name: "test.otel.query",
        kind: SpanKind.CLIENT,
        attributes: { table: "todos", ids: ["a"], rows: 3 },
        status: { code: SpanStatusCode.UNSET },
      },
    ])
  })

  it("nests spans, through promises too", async () => {
    await span("test.otel.outer", none, async () => {
      await turn()
      return span("test.otel.inner", none, () => turn())
    })
    const [inner, outer] = exporter.getFinishedSpans()
    expect([inner?.name, outer?.name]).toEqual(["test.otel.inner", "test.otel.outer"])
    expect(inner?.parentSpanContext?.spanId).toBe(outer?.spanContext().spanId)
    expect(outer?.parentSpanContext).toBeUndefined()
  })

  it("records an error as an exception and a status", () => {
    expect(() => span("test.otel.fail", none, breaking)).toThrow(broken)
    expect(exporter.getFinishedSpans()).toMatchObject([
      {
        status: { code: SpanStatusCode.ERROR, message: "no" },
        events: [{ name: "exception", attributes: { "exception.message": "no" } }],
      },
    ])
  })

  const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

  it("goes on with the trace that a header names", () => {
    const header = (name: string) => (name === "traceparent" ? traceparent : null)
    span("test.otel.request", none, () => {}, { kind: "server", header })
    expect(exporter.getFinishedSpans()[0]?.parentSpanContext).toMatchObject({
      traceId: "0af7651916cd43dd8448eb211c80319c",
      spanId: "b7ad6b7169203331",
    })
  })

  it.each(["", "00", `${traceparent}-x`, "x".repeat(100_000)])(
    "begins a new trace when the header is not one (%#)",
    (value) => {
      span("test.otel.request", none, () => {}, { header: () => value })
      expect(exporter.getFinishedSpans()).toHaveLength(1)
      expect(exporter.getFinishedSpans()[0]?.parentSpanContext).toBeUndefined()
    },
  )
})
