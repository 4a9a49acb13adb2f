import { type Awaitable, err, ok, type Result } from "./result.ts"

/**
 * Standard Schema, version 1: what zod, valibot, arktype and others have in common. Ask for this where users
 * bring a schema.
 * @see https://standardschema.dev
 */
export interface StandardSchemaV1<In = unknown, Out = In> {
  readonly "~standard": {
    readonly version: 1
    readonly vendor: string
    readonly validate: (
      value: unknown,
    ) => Awaitable<
      { readonly value: Out; readonly issues?: undefined } | { readonly issues: readonly Issue[] }
    >
    readonly types?: { readonly input: In; readonly output: Out } | undefined
  }
}

/** What is wrong with a value, and where in it. */
export interface Issue {
  readonly message: string
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
}

/** What a schema says, as a `Result`; a promise only if the schema needs one. */
export function validate<Out>(
  schema: StandardSchemaV1<unknown, Out>,
  value: unknown,
): Awaitable<Result<Out, readonly Issue[]>> {
  const outcome = schema["~standard"].validate(value)
  // a promise of another realm, or another library's, is no instance of Promise
  return "then" in outcome ? Promise.resolve(outcome).then(toResult) : toResult(outcome)
}

/** The keys that lead to an issue's place, as plain keys. */
export const pathOf = ({ path = [] }: Issue): readonly PropertyKey[] =>
  path.map((step) => (typeof step === "object" ? step.key : step))

function toResult<Out>(
  outcome:
    | { readonly value: Out; readonly issues?: undefined }
    | { readonly issues: readonly Issue[] },
): Result<Out, readonly Issue[]> {
  return outcome.issues === undefined ? ok(outcome.value) : err(outcome.issues)
}
