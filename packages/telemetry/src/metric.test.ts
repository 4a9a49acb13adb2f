import { describe, expect, it } from "vitest"
import {
  counter,
  distribution,
  event,
  lastValue,
  listenerFailed,
  type Measurement,
  type Metric,
  sum,
  summary,
} from "./index.ts"

interface Request {
  readonly status: number
  readonly duration: number
}

const request = event<Request>("test.metric.request")
const value = ({ duration }: Request) => duration

/** What a metric measures of two requests. */
function measure(metric: Metric): Measurement[] {
  const seen: Measurement[] = []
  using _ = metric.observe((measurement) => seen.push(measurement))
  request.emit(() => ({ status: 200, duration: 5 }))
  request.emit(() => ({ status: 500, duration: 70 }))
  return seen
}

describe("a metric", () => {
  it("is a definition that does nothing until it is observed", () => {
    const metric = distribution("http.duration", request, {
      value,
      buckets: [10, 100],
      unit: "ms",
      description: "How long requests take",
    })
    expect(request.active).toBe(false)
    expect(metric).toMatchObject({
      kind: "distribution",
      name: "http.duration",
      event: "test.metric.request",
      unit: "ms",
      description: "How long requests take",
      buckets: [10, 100],
    })
  })

  it("counts, or measures a value", () => {
    expect(measure(counter("http.requests", request)).map((it) => it.value)).toEqual([1, 1])
    for (const kind of [sum, lastValue, summary]) {
      expect(measure(kind("http.time", request, { value })).map((it) => it.value)).toEqual([5, 70])
    }
  })

  it("tells series apart by tags, and leaves out what it should not keep", () => {
    const tags = ({ status }: Request) => ({ status })
    const keep = ({ status }: Request) => status >= 500
    expect(measure(counter("http.errors", request, { tags, keep }))).toEqual([
      { value: 1, tags: { status: 500 } },
    ])
  })

  it("leaves out what is not a number", () => {
    for (const odd of [Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(measure(sum("http.time", request, { value: () => odd }))).toEqual([])
    }
  })

  it("does not disturb the app when one of its functions throws", () => {
    const failures: unknown[] = []
    using _ = listenerFailed.subscribe(({ event }) => failures.push(event))
    const tags = () => {
      throw new Error("no")
    }
    expect(measure(counter("http.requests", request, { tags }))).toEqual([])
    expect(failures).toEqual(["test.metric.request"])
  })

  it.each(["", "HTTP", "1st", "http requests", 'a"} 1\nforged 2'])(
    "refuses the name %j",
    (name) => {
      expect(() => counter(name, request)).toThrow(TypeError)
    },
  )

  it.each([[[]], [[1, 1]], [[2, 1]], [[1, Number.NaN, 2]]])("refuses the buckets %j", (buckets) => {
    expect(() => distribution("http.time", request, { value, buckets })).toThrow(RangeError)
  })
})
