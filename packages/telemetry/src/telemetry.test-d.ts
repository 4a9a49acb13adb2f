import { describe, expectTypeOf, it } from "vitest"
import { counter, distribution, event, finished, span, summary } from "./index.ts"

const saved = event<{ readonly id: number }>("saved")

describe("the types of telemetry", () => {
  it("know an event's payload on both sides", () => {
    saved.emit(() => ({ id: 1 }))
    // @ts-expect-error a payload is what the event says
    saved.emit(() => ({ id: "1" }))
    // @ts-expect-error a payload is a function, so that it is not built for nobody
    saved.emit({ id: 1 })
    saved.subscribe((payload) => expectTypeOf(payload).toEqualTypeOf<{ readonly id: number }>())
  })

  it("give a span the type of its work, with a promise only if the work has one", () => {
    const none = () => ({})
    expectTypeOf(span("work", none, () => 1)).toEqualTypeOf<number>()
    expectTypeOf(span("work", none, async () => 1)).toEqualTypeOf<Promise<number>>()
  })

  it("measure metrics from the payload of their event", () => {
    counter("saves", saved, { tags: ({ id }) => ({ id }) })
    summary("duration", finished("work"), { value: ({ duration }) => duration })
    // @ts-expect-error a summary needs something to sum up
    summary("ids", saved, {})
    // @ts-expect-error a distribution needs buckets
    distribution("ids", saved, { value: ({ id }) => id })
    // @ts-expect-error the payload has no such field
    counter("saves", saved, { tags: ({ name }) => ({ name }) })
  })
})
