import { describe, expect, it } from "vitest"
import { type PostgresOptions, postgres } from "./postgres.ts"

describe("the options of postgres", () => {
  it.each([
    [{ url: "mysql://localhost/db" }, "url"],
    [{ url: "postgres://localhost/db", poolSize: Number.NaN }, "poolSize"],
    [{ url: "postgres://localhost/db", queueTimeout: Number.NaN }, "not a duration"],
    [{ url: "postgres://localhost/db", poolsize: 3 }, 'did you mean "poolSize"'],
  ])("refuse %j", (options: object, said) => {
    let error: unknown
    try {
      // an app in plain JavaScript could
      postgres(options as PostgresOptions)
    } catch (thrown) {
      error = thrown
    }
    expect(error).toMatchObject({ code: "ERR_CORE_OPTIONS" })
    expect(
      `${Reflect.get(Object(error), "message")} ${Reflect.get(Object(error), "hint")}`,
    ).toContain(said)
  })
})
