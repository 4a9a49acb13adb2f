import { BennuError } from "./errors.ts"
import { closest } from "./internal/closest.ts"
import { knownKeys } from "./internal/known-keys.ts"
import { MAKE_A_SECRET } from "./internal/secrets.ts"
import { type Issue, pathOf, type StandardSchemaV1, validate } from "./standard-schema.ts"

export interface BadVariable {
  readonly name: string
  /** What is wrong with it; the value never stands in it. */
  readonly message: string
}

/** The environment lacks what the app needs; all of it is told at once, and no value is shown. */
export class EnvError extends BennuError {
  readonly code = "ERR_CORE_ENV"
  readonly variables: readonly BadVariable[]

  constructor(variables: readonly BadVariable[], hint: string) {
    const lines = variables.map(({ name, message }) => `${name}: ${message}`)
    super(["the environment is not as the app needs it", ...lines].join("\n  "), { hint })
    this.variables = variables
  }
}

type Source = Readonly<Record<string, string | undefined>>

/**
 * Reads an app's configuration from environment variables, once, at its start. An empty variable counts as not set.
 * @param schema Any Standard Schema of an object that answers at once.
 * @throws {EnvError} naming every variable that is missing or wrong; values are never printed.
 * @example const { PORT } = env(z.object({ PORT: z.coerce.number().int().default(4000) }))
 */
export function env<T>(schema: StandardSchemaV1<unknown, T>, source: Source = process.env): T {
  const known = knownKeys(schema)
  const given = Object.entries(source).filter(
    ([name, value]) => value !== undefined && value !== "" && (known?.includes(name) ?? true),
  )
  const result = validate(schema, Object.fromEntries(given))
  if (result instanceof Promise) {
    throw new TypeError("the schema of the environment is asynchronous")
  }
  if (result.ok) return result.value
  const variables = result.error.map((issue) => describe(issue, source))
  throw new EnvError(variables, hintFor(variables, source))
}

function describe(issue: Issue, source: Source): BadVariable {
  const name = String(pathOf(issue)[0] ?? "(all)")
  const value = Object.hasOwn(source, name) ? source[name] : undefined
  if (value === undefined)
    return { name, message: `is not set (${conceal(issue.message, source)})` }
  if (value === "") return { name, message: `is empty (${conceal(issue.message, source)})` }
  return { name, message: conceal(issue.message, source) }
}

/** Some schema libraries quote what they were given, and what they were given may be a password. */
function conceal(message: string, source: Source): string {
  return Object.values(source)
    .filter((value): value is string => value !== undefined && value !== "")
    .flatMap((value) => {
      const quoted = JSON.stringify(value)
      return value.length < MIN_BARE ? [quoted] : [value, quoted.slice(1, -1)]
    })
    .toSorted((a, b) => b.length - a.length)
    .reduce((text, value) => text.replaceAll(value, "…"), message)
}

// shorter values are parts of words, which messages are made of: those are only looked for in quotes
const MIN_BARE = 4

function hintFor(variables: readonly BadVariable[], source: Source): string {
  const hints = variables.map(({ name, message }) => {
    if (!message.startsWith("is not set")) {
      return name.includes("SECRET") ? `Make a new ${name}: ${MAKE_A_SECRET}` : `Correct ${name}.`
    }
    const near = closest(name, Object.keys(source))
    if (near !== undefined) return `${near} is set; did you mean ${name}?`
    return name.includes("SECRET")
      ? `Set ${name} to what this prints: ${MAKE_A_SECRET}`
      : `Set ${name}.`
  })
  return [...new Set(hints)].join("\n")
}
