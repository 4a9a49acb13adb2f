import { describe, expectTypeOf, it } from "vitest"
import { z } from "zod"
import {
  BennuError,
  type Child,
  contextKey,
  type Duration,
  env,
  parseLimits,
  parseOptions,
  type Result,
  supervisor,
  validate,
} from "./index.ts"

declare const result: Result<number, string>

describe("the types of core", () => {
  it("give a result's value only where it is known to be ok", () => {
    // @ts-expect-error whoever reads the value has to check first
    void result.value
    if (!result.ok) expectTypeOf(result.error).toEqualTypeOf<string>()
  })

  it("know durations from other text", () => {
    const fine: Duration[] = [1, "1ms", "1.5s", "5m", "1h", "7d"]
    // @ts-expect-error weeks are not a unit
    const weeks: Duration = "5w"
    // @ts-expect-error a number without a unit is written as a number
    const bare: Duration = "5"
    void [fine, weeks, bare]
  })

  it("infer from a schema what comes out of it", () => {
    const schema = z.object({ port: z.coerce.number().default(1) })
    expectTypeOf(env(schema)).toEqualTypeOf<{ port: number }>()
    expectTypeOf(parseOptions("server", schema, {})).toEqualTypeOf<{ port: number }>()
    const validated = validate(schema, {})
    if (validated instanceof Promise || !validated.ok) return
    expectTypeOf(validated.value).toEqualTypeOf<{ port: number }>()
  })

  it("keep an error's code from being left out", () => {
    // @ts-expect-error every error says its code
    class Silent extends BennuError {}
    void Silent
  })

  it("hand out what a child makes, and take only what can be stopped", () => {
    const app = supervisor()
    const repo: Child<{ readonly rows: number }> = {
      name: "repo",
      start: async () => ({ rows: 1, async [Symbol.asyncDispose]() {} }),
    }
    expectTypeOf(app.start(repo)).toEqualTypeOf<Promise<{ readonly rows: number }>>()
    // @ts-expect-error what cannot be stopped cannot be supervised
    const endless: Child<{ rows: number }> = { name: "endless", start: async () => ({ rows: 1 }) }
    void endless
  })

  it("remember what a context key holds", () => {
    const key = contextKey<number>("deadline")
    expectTypeOf(key.get()).toEqualTypeOf<number | undefined>()
    expectTypeOf(key.run(1, () => "done")).toEqualTypeOf<string>()
    // @ts-expect-error a key holds one type
    key.run("1", () => {})
  })

  it("know a limit that is a count from one that is a time", () => {
    parseLimits("queue", { size: 1, patience: "1s" }, { size: 2, patience: "1m" })
    // @ts-expect-error a count is not a duration
    parseLimits("queue", { size: 1, patience: "1s" }, { size: "1m" })
    // @ts-expect-error there is no such limit
    parseLimits("queue", { size: 1 }, { sise: 1 })
  })
})
