import { describe, expect, it } from "vitest"
import { type PgOptions, pg } from "./pg.ts"
import { postgres } from "./postgres.ts"

describe.each([
  ["postgres", postgres],
  ["pg", pg],
])("the options of %s", (_, driver) => {
  it.each([
    [{ url: "mysql://localhost/db" }, "url"],
    [{ url: "postgres://localhost/db", poolSize: Number.NaN }, "poolSize"],
    [{ url: "postgres://localhost/db", queueTimeout: Number.NaN }, "not a duration"],
    [{ url: "postgres://localhost/db", poolsize: 3 }, 'did you mean "poolSize"'],
  ])("refuse %j", (options: object, said) => {
    let error: unknown
    try {
      // an app in plain JavaScript could
      driver(options as PgOptions)
    } catch (thrown) {
      error = thrown
    }
    expect(error).toMatchObject({ code: "ERR_CORE_OPTIONS" })
    expect(
      `${Reflect.get(Object(error), "message")} ${Reflect.get(Object(error), "hint")}`,
    ).toContain(said)
  })
})
