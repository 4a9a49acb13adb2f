import type { StandardSchemaV1 } from "@bennu/core"
import type { Arbitrary } from "fast-check"
import { ArbitraryError } from "./errors.ts"

/** Values in a row that a schema may refuse before nobody believes that there are others. */
const MAX_REFUSED = 10_000

/** Leaves out what the schema itself refuses: a rule that is only a function has no other description. */
export function accepted<T>(
  made: Arbitrary<T>,
  schema: StandardSchemaV1<unknown, unknown>,
): Arbitrary<T> {
  let refused = 0
  return made.filter((value) => {
    const outcome = schema["~standard"].validate(value)
    if ("then" in outcome)
      throw new ArbitraryError(
        "a schema answers with a promise, and values are made at once",
        "Say what makes its values: arbitrary(schema, { with: [[inner, fc.string()]] }).",
      )
    refused = outcome.issues === undefined ? 0 : refused + 1
    if (refused <= MAX_REFUSED) return refused === 0
    throw new ArbitraryError(
      `a schema refused ${MAX_REFUSED} values in a row: ${outcome.issues?.[0]?.message}`,
      "Say what makes its values: arbitrary(schema, { with: [[inner, fc.string()]] }).",
    )
  })
}
