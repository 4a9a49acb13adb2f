import { describe, expectTypeOf, it } from "vitest"
import * as z from "zod"
import { mockPort, mockService } from "../index.ts"

const Weather = {
  forecast: {
    input: z.object({ city: z.string(), days: z.int().default(1) }),
    output: z.object({ degrees: z.string().transform(Number) }),
  },
}

describe("a mocked service's types", () => {
  it("are those of its contract: before the schemas on one side, after them on the other", () => {
    const weather = mockService(Weather)
    expectTypeOf(weather.service.forecast).parameters.toEqualTypeOf<
      [{ city: string; days?: number | undefined }]
    >()
    expectTypeOf(weather.service.forecast).returns.resolves.toEqualTypeOf<{ degrees: number }>()
    weather.stub("forecast", ({ days }) => ({ degrees: days.toFixed() }))
    // @ts-expect-error the real one answers with text, which the contract makes a number
    weather.stub("forecast", () => ({ degrees: 7 }))
    // @ts-expect-error there is no such operation
    weather.expect("forcast", () => ({ degrees: "7" }))
    // @ts-expect-error nor here
    mockService(Weather, { forcast: () => ({ degrees: "7" }) })
    // @ts-expect-error it needs a city
    weather.service.forecast({})
  })

  it("are those of a port", () => {
    const port = mockPort<{ send(text: string): Promise<number>; readonly name: string }>()
    expectTypeOf(port.service.send).returns.resolves.toEqualTypeOf<number>()
    expectTypeOf(port.calls("send")).toEqualTypeOf<readonly (readonly [text: string])[]>()
    // @ts-expect-error it answers with a number
    port.stub("send", async () => "1")
    // @ts-expect-error that is no method
    port.stub("name", () => "x")
  })
})
