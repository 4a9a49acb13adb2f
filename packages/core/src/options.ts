import { BennuError } from "./errors.ts"
import { knownKeys } from "./internal/known-keys.ts"
import { hintForUnknown } from "./internal/unknown-keys.ts"
import { type Issue, pathOf, type StandardSchemaV1, validate } from "./standard-schema.ts"

/** Something was opened or started with options that it cannot work with. */
export class OptionsError extends BennuError {
  readonly code = "ERR_CORE_OPTIONS"
  readonly issues: readonly Issue[]

  constructor(name: string, issues: readonly Issue[], hint?: string) {
    super([`the options of ${name} are not valid`, ...issues.map(line)].join("\n  "), { hint })
    this.issues = issues
  }
}

/**
 * Resolves options once, at the door, into a value in which nothing is optional.
 * @param name What the options are for, as an error should call it: `"postgres"`.
 * @param schema Any Standard Schema that answers at once. Make it strict, so that unknown keys are mistakes.
 * @throws {OptionsError} listing all that is wrong, and for an unknown key which known one was probably meant.
 */
export function parseOptions<Out>(
  name: string,
  schema: StandardSchemaV1<unknown, Out>,
  options: unknown,
): Out {
  const result = validate(schema, options)
  if (result instanceof Promise) {
    // what it says is said here; a rejection later must not end the process
    result.catch(() => {})
    throw new TypeError(`the schema for the options of ${name} is asynchronous`)
  }
  if (!result.ok) throw new OptionsError(name, result.error, meant(schema, options))
  return result.value
}

function meant(schema: StandardSchemaV1<unknown, unknown>, options: unknown): string | undefined {
  const known = knownKeys(schema)
  if (known === undefined || typeof options !== "object" || options === null) return undefined
  return hintForUnknown(options, known)
}

function line(issue: Issue): string {
  const path = pathOf(issue).map(String).join(".")
  return path === "" ? issue.message : `${path}: ${issue.message}`
}
