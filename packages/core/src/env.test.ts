import { describe, expect, it } from "vitest"
import { z } from "zod"
import { type EnvError, env, type StandardSchemaV1 } from "./index.ts"

const Config = z.object({
  DATABASE_URL: z.url().optional(),
  SECRET_KEY_BASE: z.string().min(64),
  PORT: z.coerce.number().int().default(4000),
})
const secret = "s".repeat(64)

function failureOf(schema: StandardSchemaV1<unknown, unknown>, source: Record<string, string>) {
  try {
    env(schema, source)
  } catch (error) {
    // env throws nothing else
    return error as EnvError
  }
  throw new Error("it did not fail")
}

describe("env", () => {
  it("gives what the schema makes of the variables", () => {
    expect(env(Config, { SECRET_KEY_BASE: secret, PORT: "80", HOME: "/" })).toEqual({
      SECRET_KEY_BASE: secret,
      PORT: 80,
    })
  })

  it("takes an empty variable for one that is not set", () => {
    expect(env(Config, { SECRET_KEY_BASE: secret, PORT: "", DATABASE_URL: "" }).PORT).toBe(4000)
  })

  it("reads process.env when nothing else is given", () => {
    expect(env(z.object({ PATH: z.string() }))).toEqual({ PATH: process.env["PATH"] })
  })

  it("shows a strict schema only the variables it knows", () => {
    const strict = z.strictObject({ PORT: z.string() })
    expect(env(strict, { PORT: "1", HOME: "/" })).toEqual({ PORT: "1" })
    const piped = strict.refine(() => true).transform(({ PORT }) => Number(PORT))
    expect(env(piped, { PORT: "1", HOME: "/" })).toBe(1)
  })

  it("reports all that is wrong at once, each by name", () => {
    const error = failureOf(Config, { DATABASE_URL: "nowhere", PORT: "http" })
    expect(error).toMatchObject({ code: "ERR_CORE_ENV" })
    expect(error.variables.map(({ name }) => name)).toEqual([
      "DATABASE_URL",
      "SECRET_KEY_BASE",
      "PORT",
    ])
    for (const { name, message } of error.variables) {
      expect(error.message).toContain(`${name}: ${message}`)
    }
  })

  it("says how to make a secret, and which name was probably meant", () => {
    expect(failureOf(Config, {}).hint).toContain("Set SECRET_KEY_BASE to what this prints: node -p")
    expect(failureOf(Config, { SECRET_KEYBASE: secret }).hint).toBe(
      "SECRET_KEYBASE is set; did you mean SECRET_KEY_BASE?",
    )
  })

  it("tells an empty variable from one that is not set", () => {
    expect(failureOf(Config, { SECRET_KEY_BASE: "" }).message).toContain(
      "SECRET_KEY_BASE: is empty",
    )
    expect(failureOf(Config, {}).message).toContain("SECRET_KEY_BASE: is not set")
  })

  /** Quotes what it was given, as some libraries do. */
  const quoting: StandardSchemaV1<unknown, unknown> = {
    "~standard": {
      version: 1,
      vendor: "quoting",
      validate: (value) => ({
        issues: Object.entries(value ?? {}).map(([name, given]) => ({
          path: [name],
          message: `expected a URL, received ${JSON.stringify(given)}; all: ${JSON.stringify(value)}`,
          input: value,
        })),
      }),
    },
  }

  it("never prints a value, whatever the schema's messages quote", () => {
    const values = { URL: 'pass"word\n1', PIN: "123", TOKEN: "pass", LONG: "p".repeat(10_000) }
    const error = failureOf(quoting, values)
    const printed = [error.message, error.hint, error.stack, JSON.stringify(error)].join()
    expect(error.variables).toHaveLength(4)
    for (const value of Object.values(values)) {
      expect(printed).not.toContain(`"${value}"`)
      expect(printed).not.toContain(JSON.stringify(value))
    }
    expect(printed).not.toContain("pass")
    expect(printed).not.toContain("word")
  })

  it("is not confused by variables named like parts of Object.prototype", () => {
    const source = JSON.parse('{ "__proto__": "polluted", "constructor": "x" }')
    const error = failureOf(z.object({ constructor: z.url(), toString: z.url() }), source)
    expect(error.variables.map(({ name }) => name)).toEqual(["constructor", "toString"])
    expect(error.message).toContain("toString: is not set")
  })

  it("refuses a schema that answers later", () => {
    expect(() =>
      env(
        z.object({}).refine(async () => true),
        {},
      ),
    ).toThrow(TypeError)
  })
})
