import { context, ROOT_CONTEXT, trace } from "@opentelemetry/api"
import { describe, expect, it } from "vitest"
import { traceparent } from "./index.ts"

describe("traceparent", () => {
  it("is undefined where there is no span", () => {
    expect(traceparent()).toBeUndefined()
  })

  it("names the span around the caller", () => {
    const spanContext = {
      traceId: "0af7651916cd43dd8448eb211c80319c",
      spanId: "b7ad6b7169203331",
      traceFlags: 1,
    }
    const manager = {
      active: () => trace.setSpanContext(ROOT_CONTEXT, spanContext),
      with: <A extends unknown[], R>(
        _: unknown,
        run: (...args: A) => R,
        self?: unknown,
        ...args: A
      ) => run.apply(self, args),
      bind: <T>(_: unknown, target: T) => target,
      enable: () => manager,
      disable: () => manager,
    }
    context.setGlobalContextManager(manager)
    try {
      expect(traceparent()).toBe("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
    } finally {
      context.disable()
    }
  })
})
