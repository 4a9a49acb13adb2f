import { BennuError, type Issue, type StandardSchemaV1, validate } from "@bennu/core"

/** Named messages and their shapes: the part of a contract that goes one way. */
export type Shapes<T> = { readonly [K in keyof T]: StandardSchemaV1<unknown, T[K]> }

/** What a channel sends does not have the shape that its contract declares. */
export class PushError extends BennuError {
  readonly code = "ERR_CHANNELS_PUSH"
  readonly event: string
  readonly issues: readonly Issue[]
  constructor(event: string, issues: readonly Issue[]) {
    super(`a payload of ${JSON.stringify(event)} does not fit: ${issues[0]?.message ?? "refused"}`)
    this.event = event
    this.issues = issues
  }
}

/** A channel sends what its contract does not name, or its schema cannot say at once. */
export class ContractError extends BennuError {
  readonly code = "ERR_CHANNELS_CONTRACT"
}

/** The messages that may go out, by name. */
export class Outgoing {
  readonly #schemas: ReadonlyMap<string, StandardSchemaV1<unknown, unknown>>

  constructor(schemas: Readonly<Record<string, StandardSchemaV1<unknown, unknown>>>) {
    this.#schemas = new Map(Object.entries(schemas))
  }

  /**
   * What the contract lets through of a payload.
   * @throws {PushError} when it does not fit.
   */
  check(event: string, payload: unknown): object {
    const schema = this.#schemas.get(event)
    if (!schema) {
      throw new ContractError(`the contract has no message ${JSON.stringify(event)}`, {
        hint: "Declare it in pushes.",
      })
    }
    const result = validate(schema, payload)
    if (result instanceof Promise) {
      result.catch(() => {})
      throw new ContractError(`the schema of ${JSON.stringify(event)} is asynchronous`, {
        hint: "What is sent keeps its order, so its schema must not wait.",
      })
    }
    if (!result.ok) throw new PushError(event, result.error)
    if (typeof result.value === "object" && result.value !== null) return result.value
    throw new PushError(event, [{ message: "a payload has to be an object" }])
  }
}
