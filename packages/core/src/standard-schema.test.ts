import { describe, expect, it } from "vitest"
import { z } from "zod"
import { pathOf, type StandardSchemaV1, validate } from "./index.ts"

const even: StandardSchemaV1<unknown, number> = {
  "~standard": {
    version: 1,
    vendor: "ten lines by hand",
    validate: (value) =>
      typeof value === "number" && value % 2 === 0
        ? { value }
        : { issues: [{ message: "is not even", path: [{ key: "deep" }, 0] }] },
  },
}

describe("validate", () => {
  it("answers at once when the schema does", () => {
    expect(validate(even, 2)).toEqual({ ok: true, value: 2 })
    expect(validate(even, 3)).toMatchObject({ ok: false, error: [{ message: "is not even" }] })
    expect(validate(z.string().trim(), " a ")).toEqual({ ok: true, value: "a" })
  })

  it("answers with a promise when the schema does", async () => {
    const slow = z.string().refine(async (value) => value === "a", "is not a")
    await expect(validate(slow, "a")).resolves.toEqual({ ok: true, value: "a" })
    await expect(validate(slow, "b")).resolves.toMatchObject({ ok: false })
  })

  it("takes a schema that answers with another library's promise", async () => {
    const thenable: StandardSchemaV1<unknown, number> = {
      "~standard": {
        version: 1,
        vendor: "another realm",
        // biome-ignore lint/suspicious/noThenProperty: a promise that is no instance of Promise is what is tested
        validate: () => ({ then: (done: (it: unknown) => void) => done({ value: 1 }) }) as never,
      },
    }
    await expect(validate(thenable, 0)).resolves.toEqual({ ok: true, value: 1 })
  })

  it("knows the plain keys of an issue's path", () => {
    const result = validate(even, 3)
    if (result instanceof Promise || result.ok) throw new Error("it is not even")
    expect(result.error.map(pathOf)).toEqual([["deep", 0]])
  })
})
