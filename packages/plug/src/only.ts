import { type Awaitable, type StandardSchemaV1, validate } from "@bennu/core"
import { andThen } from "./awaitable.ts"
import { withShown } from "./declaration.ts"
import { ResponseSchemaError } from "./errors.ts"

/**
 * Lets out only what a schema names, so that a column added tomorrow is not published by accident: as a view,
 * `json: only(PublicUser)`.
 * @throws {ResponseSchemaError} (500) from the view, when the value does not fit.
 * @see OWASP ASVS 5.0 §15.3.1
 */
export function only<In, Out>(
  schema: StandardSchemaV1<In, Out>,
): (value: NoInfer<In>) => Awaitable<Out> {
  const view = (value: NoInfer<In>) =>
    andThen(validate(schema, value), (result) => {
      if (result.ok) return result.value
      throw new ResponseSchemaError(result.error)
    })
  return withShown(view, schema)
}
