import { describe, expect, it } from "vitest"
import { z } from "zod"
import { parseOptions, type StandardSchemaV1 } from "./index.ts"

const schema = z.strictObject({
  url: z.string(),
  poolSize: z.int().positive().default(10),
  queueTimeout: z.int().optional(),
})

const failureOf = (work: () => unknown): unknown => {
  try {
    work()
  } catch (error) {
    return error
  }
  throw new Error("it did not fail")
}

describe("parseOptions", () => {
  it("resolves options into a value in which nothing is missing", () => {
    expect(parseOptions("postgres", schema, { url: "postgres:" })).toEqual({
      url: "postgres:",
      poolSize: 10,
    })
  })

  it("lists all that is wrong at once, by name", () => {
    expect(failureOf(() => parseOptions("postgres", schema, { poolSize: -1 }))).toMatchObject({
      code: "ERR_CORE_OPTIONS",
      message: expect.stringMatching(/the options of postgres.*url: .*poolSize: /s),
      issues: [{ path: ["url"] }, { path: ["poolSize"] }],
    })
  })

  it.each([
    ["poolsize", "poolSize"],
    ["PoolSize", "poolSize"],
    ["pool_size", "poolSize"],
    ["queueTimeuot", "queueTimeout"],
  ])("says for %s that %s was probably meant", (given, meant) => {
    const options = { url: "postgres:", [given]: 1 }
    expect(failureOf(() => parseOptions("postgres", schema, options))).toMatchObject({
      hint: `There is no option "${given}"; did you mean "${meant}"?`,
    })
  })

  it("lists the options that exist when none is near", () => {
    const options = { url: "postgres:", tls: true }
    expect(failureOf(() => parseOptions("postgres", schema, options))).toMatchObject({
      hint: 'There is no option "tls"; there are url, poolSize, queueTimeout.',
    })
  })

  it("does not propose an option that is already given", () => {
    const options = { url: "postgres:", urk: "x" }
    expect(failureOf(() => parseOptions("postgres", schema, options))).toMatchObject({
      hint: expect.stringContaining("there are"),
    })
  })

  it("takes names of Object.prototype for unknown keys", () => {
    const options = JSON.parse('{ "url": "postgres:", "__proto__": 1, "constructor": 1 }')
    expect(failureOf(() => parseOptions("postgres", schema, options))).toMatchObject({
      hint: expect.stringContaining('"constructor"'),
    })
  })

  it("answers quickly for a key of a megabyte", () => {
    const options = { url: "postgres:", ["p".repeat(1_000_000)]: 1 }
    expect(failureOf(() => parseOptions("postgres", schema, options))).toMatchObject({
      code: "ERR_CORE_OPTIONS",
    })
  })

  it.each([null, undefined, 7, "url", []])("refuses %j for options", (options) => {
    expect(failureOf(() => parseOptions("postgres", schema, options))).toMatchObject({
      code: "ERR_CORE_OPTIONS",
    })
  })

  const failing = (more: object): StandardSchemaV1<unknown, unknown> => ({
    "~standard": {
      version: 1,
      vendor: "test",
      validate: () => ({ issues: [{ message: "unknown key" }] }),
      ...("jsonSchema" in more ? more : {}),
    },
    ...("entries" in more ? more : {}),
  })

  it.each([
    ["entries", { entries: { poolSize: {} } }],
    ["a JSON Schema", { jsonSchema: { input: () => ({ properties: { poolSize: {} } }) } }],
  ])("works with a schema that tells its keys as %s", (_, more) => {
    expect(failureOf(() => parseOptions("pool", failing(more), { poolsize: 1 }))).toMatchObject({
      hint: expect.stringContaining('did you mean "poolSize"?'),
    })
  })

  it.each([
    ["not at all", {}],
    ["with an error", { jsonSchema: { input: () => failureOf(() => 1) } }],
  ])("works with a schema that tells its keys %s", (_, more) => {
    expect(failureOf(() => parseOptions("pool", failing(more), { poolsize: 1 }))).toMatchObject({
      message: expect.stringContaining("unknown key"),
      hint: undefined,
    })
  })

  it("refuses a schema that answers later: options are needed now", () => {
    const slow = z.string().refine(async () => true)
    expect(() => parseOptions("slow", slow, "a")).toThrow(TypeError)
  })
})
